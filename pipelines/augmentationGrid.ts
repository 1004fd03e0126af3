import { applyParameters } from '../src/augment/applyParameters.js';
import type { Augmentation } from '../src/augment/augmentation.js';
import { imageExtents } from '../src/augment/imageShape.js';
import { sampleParameters } from '../src/augment/sampleParameters.js';
import { gatherRows } from '../src/data/gatherRows.js';
import type { HostArray } from '../src/data/hostArray.js';
import type { ArraySource } from '../src/data/source.js';
import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';
import { checkCount } from '../src/policy/checkCount.js';
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
}

/** Pixels of the grid between pictures. */
const GAP = 4;

/**
 * A look at what augmentation does: a PNG with a line for each picture, the original first, then what epoch after epoch makes
 * of it.
 *
 * @returns the file's bytes
 * @throws InvalidArgumentError where rows don't exist, or pictures have neither one nor three nor four channels
 */
export async function augmentationGrid(
  source: ArraySource,
  options: Augmentation,
  { rows = firstRows(source), variants = 7, seed = 0, zoom = 3, white = whiteOf(source) }: AugmentationGridOptions = {},
): Promise<Uint8Array> {
  checkCount('augmentationGrid', { variants, zoom, rows: rows.length }, 1);
  const { inputShape } = source;
  const extents = imageExtents(inputShape, options.dataFormat);
  if (![1, 3, 4].includes(extents.channels)) {
    throw new InvalidArgumentError(`Pictures with ${extents.channels} channels can't be shown: expected 1, 3 or 4.`);
  }
  const pictures = rows.flatMap(row => {
    const original: HostArray = { data: gatherRows(source.x, [row]).data, shape: inputShape };
    const changed = Array.from({ length: variants }, (_, epoch) =>
      applyParameters(options, original, sampleParameters(options, randomKey(seed, 'augment', epoch, row), inputShape)),
    );
    return [original, ...changed];
  });
  const { default: sharp } = await import('sharp');
  const [width, height] = [extents.columns * zoom, extents.rows * zoom];
  const raw = { width: extents.columns, height: extents.rows, channels: extents.channels as 1 | 3 | 4 };
  const tiles = await Promise.all(
    pictures.map(async ({ data }, i) => ({
      input: await sharp(toBytes(data, white, options, extents), { raw })
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

const firstRows = ({ size }: ArraySource): number[] => Array.from({ length: Math.min(size, 8) }, (_, row) => row);

const whiteOf = ({ x }: ArraySource): number => (x.data instanceof Uint8Array ? 255 : 1);

/** Channels last. */
function toBytes(
  data: HostArray['data'],
  white: number,
  { dataFormat }: Augmentation,
  { rows, columns, channels }: ReturnType<typeof imageExtents>,
): Uint8ClampedArray {
  const pixels = rows * columns;
  return Uint8ClampedArray.from({ length: data.length }, (_, i) => {
    const from = dataFormat === 'channelsLast' ? i : (i % channels) * pixels + Math.floor(i / channels);
    return (data[from] / white) * 255;
  });
}
