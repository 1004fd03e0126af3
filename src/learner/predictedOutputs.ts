import * as tf from '@tensorflow/tfjs-core';
import type { HostArray } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { checkedResults } from '../graph/checkedResults.js';
import type { ModelOutput } from './learner.js';
import { requireNumbers } from './requireNumbers.js';

/** What a `predictStep` gives: one tensor, or several by name. */
export type PredictedTensors = tf.Tensor | Readonly<Record<string, tf.Tensor>>;

/** What a `predictStep` makes of certain inputs: as many outputs, under the same names, for batches of any shape. */
export class PredictedOutputs {
  /** As the first batch gave them; a tensor alone has none. */
  private names: readonly string[] | undefined;

  /**
   * In the order of the names.
   *
   * @throws InvalidArgumentError where the step gave something else than tensors, or other names than for a batch before
   */
  tensors(made: PredictedTensors): readonly tf.Tensor[] {
    const isAlone = made instanceof tf.Tensor;
    const byName = checkedResults(isAlone ? { output: made } : made, 'predictStep', 'a tensor, or tensors by name');
    for (const [name, tensor] of Object.entries(byName)) requireNumbers(tensor, 'predictStep', name);
    if (isAlone) {
      this.sameNames([]);
      return [made];
    }
    const names = Object.keys(byName);
    if (names.length > 0) return this.sameNames(names).map(name => byName[name]);
    throw new InvalidArgumentError('predictStep returned {}: it has to return a tensor, or tensors by name.');
  }

  /** What has become of the tensors: the first output, and with it all by their names where they have some. */
  output(arrays: readonly HostArray[]): ModelOutput {
    const { names = [] } = this;
    if (names.length === 0) return arrays[0];
    return { ...arrays[0], aux: Object.fromEntries(names.map((name, i) => [name, arrays[i]])) };
  }

  private sameNames(found: readonly string[]): readonly string[] {
    this.names ??= found;
    const { names } = this;
    if (found.length === names.length && found.every(name => names.includes(name))) return names;
    throw new InvalidArgumentError(
      `predictStep returned ${described(found)}, but ${described(names)} before: return the same names for batches of all shapes.`,
    );
  }
}

const described = (names: readonly string[]): string =>
  names.length === 0 ? 'a tensor alone' : `{ ${names.join(', ')} }`;
