import { type HostArray, type HostData, sizeOf } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { mapAuxiliary } from './auxiliary.js';
import { rowOf } from './gatherRows.js';
import type { Sample } from './sample.js';
import type { ArraySource, Example } from './source.js';

/**
 * The values of a sample, as its source stores them: what travels along, or a copy of its row.
 *
 * @throws InvalidArgumentError where neither is there.
 */
export function exampleOf({ example, source, row }: Sample): Example {
  if (example !== undefined) return example;
  if (source.kind === 'arrays') return copyRow(source, row);
  throw new InvalidArgumentError(
    `Row ${row} of '${source.name}' came without its values. Set 'example' on samples of a source of kind '${source.kind}', as epochSamples() does.`,
  );
}

/** A copy, so that who changes it in place doesn't change the data set. */
function copyRow({ x, y, sampleWeight, aux }: ArraySource, row: number): Example {
  const values = (array: HostArray): HostData => copyOf(array, row);
  const target = (array: HostArray): number | HostData =>
    array.shape.length === 1 ? array.data[row] : copyOf(array, row);
  return {
    x: values(x),
    y: target(y),
    ...(sampleWeight && { weight: sampleWeight[row] }),
    ...mapAuxiliary(aux, values, target),
  };
}

const copyOf = (array: HostArray, row: number): HostData => rowOf(array, row, sizeOf(array.shape.slice(1))).slice();
