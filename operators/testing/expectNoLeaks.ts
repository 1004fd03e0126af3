import * as tf from '@tensorflow/tfjs-core';

/** What is counted before and after, by name. */
export type LeakCounters = Readonly<Record<string, () => number>>;

const tensors: LeakCounters = { tensors: () => tf.memory().numTensors };

/**
 * Asserts that an action leaves as much behind as it found.
 *
 * ## Example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import * as tf from '@tensorflow/tfjs-core';
 * import { expectNoLeaks } from 'gradstream/testing';
 *
 * await expectNoLeaks(async () => {
 *   const x = tf.zeros([2]);
 *   x.dispose();
 * });
 * ```
 *
 * @param action what to run; a promise is awaited.
 * @param counters what to count. Default: tfjs's living tensors.
 * @returns what the action gave.
 * @throws Error that names each counter that differs; what the action itself throws comes first.
 */
export async function expectNoLeaks<T>(action: () => T | PromiseLike<T>, counters: LeakCounters = tensors): Promise<T> {
  const before = Object.entries(counters).map(([name, count]) => ({ name, count, found: count() }));
  const result = await action();
  const leaks = before
    .map(({ name, count, found }) => ({ name, found, left: count() }))
    .filter(({ found, left }) => found !== left)
    .map(({ name, found, left }) => `${name}: ${found} before, ${left} after`);
  if (leaks.length > 0) throw new Error(`The action leaks. ${leaks.join('; ')}.`);
  return result;
}
