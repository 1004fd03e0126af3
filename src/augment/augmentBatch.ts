import { type HostArray, type HostData, sizeOf } from '../array/hostArray.js';
import { mapAuxiliary } from '../data/auxiliary.js';
import type { Batch, RowBatch, ValueBatch } from '../data/batch.js';
import { rowOf } from '../data/gatherRows.js';
import { readTargets } from '../data/readRows.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { augmentKey } from './augmentKey.js';
import type { StoredPictures } from './storedPictures.js';

/**
 * A batch of augmented pixels from a batch of rows, or from one of values that `batch` has made.
 *
 * @param augment gives all pixels, scaled
 * @throws InvalidArgumentError where there is no such row, or where values come without what the source stores
 */
export function augmentBatch(batch: Batch, augment: (pictures: StoredPictures) => Float32Array): ValueBatch {
  const { seed, epoch, size, cursor } = batch;
  const pictures = batch.kind === 'rows' ? picturesOfRows(batch) : picturesOfValues(batch);
  const x: HostArray = { data: augment(pictures), shape: [size, ...pictures.shape] };
  return {
    kind: 'values',
    x,
    ...(batch.kind === 'rows' ? targetsOfRows(batch) : targetsOfValues(batch, x)),
    ...{ seed, epoch, size, cursor },
  };
}

function picturesOfRows({ source, rows, seed, epoch }: RowBatch): StoredPictures {
  const { inputShape, scaling, x } = source;
  const length = sizeOf(inputShape);
  const read = (index: number): HostData => rowOf(x, rows[index], length);
  return { shape: inputShape, rows, key: augmentKey(seed, epoch), scaling, read };
}

function picturesOfValues({ stored, seed, epoch }: ValueBatch): StoredPictures {
  if (stored === undefined) {
    throw new InvalidArgumentError(
      'augmentImages: a batch came with values that something has changed since `batch` made them. ' +
        'Put augmentImages right after batch(…).',
    );
  }
  const { rows, values, inputShape, scaling } = stored;
  return { shape: inputShape, rows, key: augmentKey(seed, epoch), scaling, read: index => values[index] };
}

type Targets = Pick<ValueBatch, 'y' | 'sampleWeight' | 'aux'>;

function targetsOfRows({ source, rows }: RowBatch): Targets {
  const { y, aux, ...weights } = readTargets(source, rows);
  return { y: floats(y), ...weights, ...mapAuxiliary(aux, array => array, floats) };
}

/** One type for class numbers, whatever the source has. */
const floats = (y: HostArray): HostArray =>
  y.shape.length === 1 ? { data: Float32Array.from(y.data), shape: y.shape } : y;

const targetsOfValues = ({ x, y, sampleWeight, aux }: ValueBatch, augmented: HostArray): Targets => ({
  y: y === x ? augmented : y,
  ...(sampleWeight && { sampleWeight }),
  ...(aux && { aux }),
});
