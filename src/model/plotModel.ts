import { basename, extname } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { atomicWrite } from '../file/atomicWrite.js';
import { loadSharp } from '../picture/loadSharp.js';
import { modelSvg, type Svg } from './modelSvg.js';

/**
 * Draws the graph of a model into a file, as Keras's `plot_model` does: a box for each layer with its class, name, output
 * shape and number of parameters, an arrow for each connection. A file that is there already is replaced whole or not at all.
 *
 * @param file `.svg`, or `.png` of up to 32,767 pixels a side
 * @throws InvalidArgumentError where the name ends otherwise, the model isn't built, or it is too large for a PNG
 */
export async function plotModel(model: LayersModel, file: string): Promise<void> {
  const format = extname(file).toLowerCase();
  if (format !== '.svg' && format !== '.png') {
    throw new InvalidArgumentError(`A model can be drawn as .svg or .png, not as '${basename(file)}'.`);
  }
  const svg = modelSvg(model);
  await atomicWrite(file, format === '.svg' ? svg.text : await toPng(svg, basename(file)));
}

/** The side that the library which draws SVGs can have at most. */
const MOST_PIXELS = 32_767;
/** Two pixels for one, for sharp letters, as long as it fits. */
const SCALES = [2, 1];
/** Dots per inch at which a pixel of an SVG is one of the PNG. */
const DENSITY = 72;

async function toPng({ text, width, height }: Svg, name: string): Promise<Uint8Array> {
  const scale = SCALES.find(factor => factor * Math.max(width, height) <= MOST_PIXELS);
  if (scale === undefined) {
    throw new InvalidArgumentError(
      `${name} would have ${width} × ${height} pixels; a PNG can have ${MOST_PIXELS} a side. Draw an .svg, which has no limit.`,
    );
  }
  const sharp = await loadSharp();
  const picture = sharp(Buffer.from(text), { density: scale * DENSITY, unlimited: true, limitInputPixels: false });
  return picture.png({ palette: true }).toBuffer();
}
