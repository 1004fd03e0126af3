import type { Augmentation } from '../src/augment/augmentation.js';
import type { ExampleTransform } from '../src/augment/exampleTransform.js';
import type { DataFormat, ImageExtents } from '../src/augment/imageShape.js';
import { imageTransform } from '../src/augment/imageTransform.js';
import { pictureBytes } from '../src/augment/pictureBytes.js';
import { pixelLayout } from '../src/augment/pixelLayout.js';
import { exampleOf } from '../src/data/exampleOf.js';
import { checkRow } from '../src/data/gatherRows.js';
import type { ArraySource, Example, IndexedSource } from '../src/data/source.js';
import { checkCount } from '../src/error/checkCount.js';
import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';
import { loadSharp } from '../src/picture/loadSharp.js';
import { randomKey } from '../src/random/randomKey.js';

export interface AugmentationGridOptions {
  /** Rows of the source to be shown. Default: the first eight, or all where there are fewer. */
  readonly rows?: readonly number[];
  /** Augmented pictures beside each original. Default: 7. */
  readonly variants?: number;
  /** The variants are those of epochs 0, 1, … of a run with this seed. Default: 0. */
  readonly seed?: number;
  /** Pixels of the grid a pixel of a picture. Default: 3. */
  readonly zoom?: number;
  /** What is white in a picture; black is 0. Default: 255 for bytes, else 1. */
  readonly white?: number;
  /** Of pictures that a function changes; an augmentation has its own. Default: `channelsLast`. */
  readonly dataFormat?: DataFormat;
}

/** Pixels of the grid between pictures. */
const GAP = 4;

/**
 * A look at what augmentation does: a PNG with a line for each picture, the original first, then what epoch after epoch makes
 * of it.
 *
 * @param source arrays, or files, as `imageFolder` has them
 * @param changes what `augmentation` makes, or what the operator `augment` takes
 * @returns the file's bytes
 * @throws InvalidArgumentError where rows don't exist, the grid would be too large, or pictures have neither one nor three nor four channels
 */
export async function augmentationGrid(
  source: ArraySource | IndexedSource,
  changes: Augmentation | ExampleTransform,
  options: AugmentationGridOptions = {},
): Promise<Uint8Array> {
  const { rows = firstRows(source), variants = 7, seed = 0, zoom = 3 } = options;
  checkCount('augmentationGrid', { variants, zoom, rows: rows.length }, 1);
  const { inputShape } = source;
  const [transform, dataFormat] =
    typeof changes === 'function'
      ? [changes, options.dataFormat ?? 'channelsLast']
      : [imageTransform(changes, inputShape), changes.dataFormat];
  const layout = pixelLayout(inputShape, dataFormat);
  if (![1, 3, 4].includes(layout.channels)) {
    throw new InvalidArgumentError(`Pictures with ${layout.channels} channels can't be shown: expected 1, 3 or 4.`);
  }
  checkSize(layout, rows.length, variants, zoom);
  const originals = await Promise.all(rows.map(row => readRow(source, row)));
  const { white = whiteOf(originals[0]) } = options;
  const pictures = originals.flatMap((original, i) => {
    const changed = Array.from({ length: variants }, (_, epoch) =>
      transform(original, randomKey(seed, 'augment', epoch, rows[i])),
    );
    return [original, ...changed];
  });
  const sharp = await loadSharp();
  const [width, height] = [layout.columns * zoom, layout.rows * zoom];
  const raw = { width: layout.columns, height: layout.rows, channels: layout.channels as 1 | 3 | 4 };
  const tiles = await Promise.all(
    pictures.map(async ({ x }, i) => ({
      input: await sharp(pictureBytes(x, 0, layout, [0, white]), { raw })
        .resize(width, height, { kernel: 'nearest' })
        .png()
        .toBuffer(),
      left: GAP + (i % (variants + 1)) * (width + GAP),
      top: GAP + Math.floor(i / (variants + 1)) * (height + GAP),
    })),
  );
  const canvas = {
    width: GAP + (variants + 1) * (width + GAP),
    height: GAP + rows.length * (height + GAP),
    channels: 3 as const,
    background: 'white',
  };
  return sharp({ create: canvas }).composite(tiles).removeAlpha().png().toBuffer();
}

/** As many pixels as sharp makes a picture of. */
const MOST_PIXELS = 0x3fff ** 2;

function checkSize(picture: ImageExtents, lines: number, variants: number, zoom: number): void {
  const height = GAP + lines * (picture.rows * zoom + GAP);
  const width = GAP + (variants + 1) * (picture.columns * zoom + GAP);
  if (width * height <= MOST_PIXELS) return;
  throw new InvalidArgumentError(
    `The grid would have ${width} × ${height} pixels, more than ${MOST_PIXELS}: ask for fewer rows or variants, or a smaller zoom.`,
  );
}

const firstRows = ({ size }: ArraySource | IndexedSource): number[] =>
  Array.from({ length: Math.min(size, 8) }, (_, row) => row);

async function readRow(source: ArraySource | IndexedSource, row: number): Promise<Example> {
  checkRow(row, source.size);
  return source.kind === 'indexed' ? source.read(row) : exampleOf({ source, seed: 0, epoch: 0, position: 0, row });
}

const whiteOf = ({ x }: Example): number => (x instanceof Uint8Array ? 255 : 1);
