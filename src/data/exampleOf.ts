import { sizeOf } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
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
function copyRow({ x, y, inputShape, sampleWeight }: ArraySource, row: number): Example {
  const inputs = sizeOf(inputShape);
  const targets = sizeOf(y.shape.slice(1));
  const example: Example = {
    x: x.data.slice(row * inputs, (row + 1) * inputs),
    y: y.shape.length === 1 ? y.data[row] : y.data.slice(row * targets, (row + 1) * targets),
  };
  return sampleWeight === undefined ? example : { ...example, weight: sampleWeight[row] };
}
