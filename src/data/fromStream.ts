import { isList } from '../array/isList.js';
import { checkCount } from '../error/checkCount.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { AuxiliaryShapes, Example, Scaling, StreamSource } from './source.js';
import { type Subscribable, subscribableItems } from './subscribableItems.js';

/** Anything that gives one item after the other: an array, a generator, a Node stream, an Observable. */
export type Items = AsyncIterable<Example> | Iterable<Example> | Subscribable<Example>;

export interface StreamOptions {
  /** Shape of one example, without the batch dimension. */
  readonly inputShape: readonly number[];
  /** Shown in messages; `stream` if not given. */
  readonly name?: string;
  readonly classNames?: readonly string[];
  readonly scaling?: Scaling;
  readonly auxShapes?: AuxiliaryShapes;
  /** Items of an Observable that may wait for the training, `Infinity` for any number; 1,024 if not given. */
  readonly buffer?: number;
}

/**
 * A source whose examples come one after the other, maybe without end, and in this order: `shuffle` mixes them.
 *
 * @example
 * const windows$ = values$.pipe(
 *   bufferCount(24 + 1, 1),
 *   filter(({ length }) => length === 25), // the last ones are shorter
 *   map(window => ({ x: Float32Array.from(window.slice(0, 24)), y: Float32Array.of(window[24]) })),
 * );
 * const source = fromStream(windows$, { inputShape: [24, 1], buffer: Infinity });
 *
 * @param items read from the beginning in each epoch; or a function of the epoch (from 0) that gives them
 *
 * *Backpressure*: an iterable is asked for an item when the training wants one. An Observable can't be asked: its items
 * wait in a buffer, and the run fails with a BufferOverflowError where more than `buffer` wait. One that emits without end while it
 * is being subscribed to (`range(0, Infinity)`, `from` of an endless generator) can't be stopped, and hangs the program as it does behind
 * any subscriber: give the generator itself, or put `take` behind it.
 *
 * *Errors*: those of the items end the run. An iterator that can be read once only raises an InvalidArgumentError in
 * the second epoch.
 */
export function fromStream(items: Items | ((epoch: number) => Items), options: StreamOptions): StreamSource {
  const { inputShape, name = 'stream', classNames, scaling, auxShapes, buffer = 1024 } = options;
  if (buffer !== Number.POSITIVE_INFINITY) checkCount(`Source '${name}'`, { buffer }, 1);
  if (!isList(inputShape)) {
    throw new InvalidArgumentError(
      `Source '${name}': inputShape is ${inputShape}; give the shape of one example, such as [24, 1].`,
    );
  }
  let spent = false;
  return {
    kind: 'stream',
    name,
    inputShape,
    ...(classNames && { classNames }),
    ...(scaling && { scaling }),
    ...(auxShapes && { auxShapes }),
    open(epoch) {
      const opened = typeof items === 'function' ? items(epoch) : items;
      if ('subscribe' in opened) return subscribableItems(opened, buffer, name);
      if (opened === items && isIterator(opened)) {
        if (spent) throw onceOnly(name);
        spent = true;
      }
      return opened;
    },
  };
}

/** Generators are their own iterators, so a second `for` loop finds them at their end. */
const isIterator = (items: AsyncIterable<Example> | Iterable<Example>): boolean =>
  'next' in items && typeof items.next === 'function';

const onceOnly = (name: string): InvalidArgumentError =>
  new InvalidArgumentError(
    `Source '${name}' is a generator that was read once and has no second epoch. Give the function that makes it: ` +
      'fromStream(() => examples(), …).',
  );
