import { inspect } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/** What a function without types may give instead: nothing, a bare tensor, a list, a promise. */
export function checkedResults<Results extends Readonly<Record<string, tf.Tensor>>>(
  made: Results,
  who = 'A compiled function',
  wanted = 'tensors by name, such as { loss }',
): Results {
  const isObject = typeof made === 'object' && made !== null && !(made instanceof Promise);
  // That it is a promise is told here; what has become of it by then, nobody waits for.
  for (const value of isObject ? Object.values(made) : [made]) {
    if (value instanceof Promise) value.catch(() => undefined);
  }
  const isRecord = isObject && !Array.isArray(made);
  if (isRecord && Object.values(made).every(value => value instanceof tf.Tensor)) return allThere(made, who);
  throw new InvalidArgumentError(`${who} must return ${wanted}, at once; it returned ${inspect(made, { depth: 0 })}.`);
}

function allThere<Results extends Readonly<Record<string, tf.Tensor>>>(made: Results, who: string): Results {
  const gone = Object.keys(made).find(name => made[name].isDisposed);
  if (gone === undefined) return made;
  throw new InvalidArgumentError(
    `${who} returned '${gone}', which is disposed: return it from 'tf.tidy', or leave 'dispose' out, since what a step makes is freed after it.`,
  );
}
