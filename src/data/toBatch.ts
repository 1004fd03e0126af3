import type { Batch, RowBatch, ValueBatch } from './batch.js';
import { exampleOf } from './exampleOf.js';
import type { Sample } from './sample.js';
import type { ArraySource, Source } from './source.js';
import { stackExamples } from './stackExamples.js';

/**
 * Makes one batch of samples that have a source, a seed and an epoch in common: row numbers where all of them are plain
 * references into resident arrays, else the values, gathered and scaled.
 *
 * @throws InvalidArgumentError where an example doesn't fit the source's `inputShape`, or the others of its batch.
 */
export function toBatch(samples: readonly Sample[]): Batch {
  const { source } = samples[0];
  return source.kind === 'arrays' && samples.every(isReference)
    ? rowBatch(source, samples)
    : valueBatch(source, samples);
}

const isReference = ({ example }: Sample): boolean => example === undefined;

function rowBatch(source: ArraySource, samples: readonly Sample[]): RowBatch {
  return { kind: 'rows', source, rows: rowsOf(samples), ...batchInfo(samples) };
}

function rowsOf(samples: readonly Sample[]): Int32Array {
  const rows = new Int32Array(samples.length);
  for (let i = 0; i < rows.length; i++) rows[i] = samples[i].row;
  return rows;
}

function valueBatch(source: Source, samples: readonly Sample[]): ValueBatch {
  const stacked = stackExamples(source, samples.map(exampleOf), rowsOf(samples));
  return { kind: 'values', ...stacked, ...batchInfo(samples) };
}

function batchInfo(samples: readonly Sample[]) {
  const { epoch, seed } = samples[0];
  const last = samples[samples.length - 1];
  return { epoch, seed, size: samples.length, cursor: { epoch: last.epoch, position: last.position + 1 } };
}
