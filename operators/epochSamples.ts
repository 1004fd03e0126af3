import type { Sample } from '../src/data/sample.js';
import type { ArraySource, Example, IndexedSource, Source, StreamSource } from '../src/data/source.js';
import { checkCount } from '../src/error/checkCount.js';
import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';
import { permutation } from '../src/random/permutation.js';
import { randomKey } from '../src/random/randomKey.js';
import { Concatenated } from './internal/concatenated.js';

export interface EpochSamplesOptions {
  /** The run's seed. */
  readonly seed: number;
  /** Counted from 0. */
  readonly epoch: number;
  /** Samples of the epoch that are already taken: of a cursor, to go on after it. Default 0. */
  readonly position?: number;
  /** Rows in random order, another one in each epoch. Default true. A true stream comes as it comes; see `shuffle`. */
  readonly shuffle?: boolean;
  /** Rows of an `indexed` source that are read at one time. Default: its own `readAhead`, or 8. */
  readonly concurrency?: number;
}

/**
 * The samples of one epoch, to be pulled.
 *
 * ```
 * rows of the source:   0 1 2 3 4
 *                       epochSamples(source, { seed, epoch })
 * samples:              3 0 4 1 2      a permutation by (seed, epoch)
 *                       epochSamples(source, { seed, epoch, position: 3 })
 * samples:                    1 2      the rest of it
 * ```
 *
 * By kind of the source: `arrays` gives references, at once. `indexed` reads rows ahead, at most `concurrency` of them
 * at one time, and gives them in order. `stream` is opened afresh, and its first `position` examples are read and dropped.
 *
 * *Backpressure:* full, since it is pulled: by `paced`, a `for` loop, or RxJS's `from` (which pulls without end).
 *
 * *Errors:* of a row come when it is that row's turn; of a stream when they happen.
 *
 * ## Example
 * ```ts
 * import { epochSamples } from 'gradstream/operators';
 * import { arraySource } from 'gradstream/testing';
 *
 * for (const { position, row } of epochSamples(arraySource({ size: 3 }), { seed: 7, epoch: 0 })) {
 *   console.log(position, row);
 * }
 * ```
 *
 * @param source where the rows are.
 * @param options which epoch, from where on, and in which order.
 * @returns An iterable that begins anew each time it is iterated; an asynchronous one unless the source is of kind `arrays`.
 * @throws InvalidArgumentError where `source` is none, a number can't be meant, or `position` is beyond the source's end.
 */
export function epochSamples(source: ArraySource, options: EpochSamplesOptions): Iterable<Sample>;
export function epochSamples(source: IndexedSource | StreamSource, options: EpochSamplesOptions): AsyncIterable<Sample>;
export function epochSamples(source: Source, options: EpochSamplesOptions): Iterable<Sample> | AsyncIterable<Sample>;
export function epochSamples(source: Source, options: EpochSamplesOptions): Iterable<Sample> | AsyncIterable<Sample> {
  const { seed, epoch, position = 0, shuffle = true } = options;
  requireSource(source);
  const { concurrency = (source.kind === 'indexed' && source.readAhead) || 8 } = options;
  checkCount('epochSamples', { seed, epoch, position });
  checkCount('epochSamples', { concurrency }, 1);
  const place = { seed, epoch, position };
  if (source.kind === 'stream') return { [Symbol.asyncIterator]: () => streamSamples(source, place) };
  if (position > source.size) {
    throw new InvalidArgumentError(
      `epochSamples: position ${position} is beyond the ${source.size} rows of '${source.name}'. Is the cursor of another source?`,
    );
  }
  const inOrder = () => references(source, place, shuffle);
  if (source.kind === 'arrays') return { [Symbol.iterator]: inOrder };
  return { [Symbol.asyncIterator]: () => readAhead(source, inOrder(), concurrency) };
}

/** From JavaScript anything may come as one. */
function requireSource(source: Source): void {
  if (['arrays', 'indexed', 'stream'].includes(source?.kind)) return;
  throw new InvalidArgumentError(
    'This is no source of examples: make one by fromArrays(…), fromStream(…), imageFolder(…), mnist(…) or the like.',
  );
}

type Place = Required<Pick<EpochSamplesOptions, 'seed' | 'epoch' | 'position'>>;

function* references(
  source: ArraySource | IndexedSource,
  { seed, epoch, position: first }: Place,
  shuffle: boolean,
): Generator<Sample> {
  const { size } = source;
  const order = shuffle ? permutation(size, randomKey(seed, 'epochSamples', epoch)) : undefined;
  for (let position = first; position < size; position++) {
    yield { source, seed, epoch, position, row: order === undefined ? position : order[position] };
  }
}

/** A queue of running reads: what is read out of turn waits in its promise. */
async function* readAhead(
  source: IndexedSource,
  samples: Generator<Sample>,
  concurrency: number,
): AsyncGenerator<Sample> {
  const reads: Promise<Sample>[] = [];
  const fill = () => {
    while (reads.length < concurrency) {
      const { done, value } = samples.next();
      if (done) return;
      const read = readSample(source, value);
      // It is awaited in its turn; where that never comes, its failure is nobody's.
      read.catch(() => {});
      reads.push(read);
    }
  };
  for (fill(); reads.length > 0; fill()) yield await (reads.shift() as Promise<Sample>);
}

const readSample = async (source: IndexedSource, sample: Sample): Promise<Sample> => ({
  ...sample,
  example: await source.read(sample.row),
});

/** Opened at the first `next()`. */
function streamSamples(source: StreamSource, { seed, epoch, position: first }: Place): AsyncIterator<Sample> {
  let taken = 0;
  function* opened(): Generator<AsyncIterable<Example>> {
    yield asynchronous(source.open(epoch));
  }
  return new Concatenated(opened(), example => {
    const position = taken++;
    return position < first ? undefined : { source, seed, epoch, position, row: position, example };
  });
}

const asynchronous = (examples: AsyncIterable<Example> | Iterable<Example>): AsyncIterable<Example> =>
  Symbol.asyncIterator in examples
    ? examples
    : (async function* () {
        yield* examples;
      })();
