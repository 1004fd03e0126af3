import { lastValueFrom, type Observable, type OperatorFunction, takeUntil } from 'rxjs';
import { paced } from '../operators/paced.js';
import type { Sample } from '../src/data/sample.js';
import { Closable } from './closable.js';

interface ConsumeOptions<B> {
  readonly source: Iterable<Sample> | AsyncIterable<Sample>;
  readonly through: OperatorFunction<Sample, B>;
  readonly work: (item: B) => Promise<void>;
  readonly ahead: number;
  /** Ends it early. */
  readonly halted: Observable<void>;
}

/**
 * Lets `work` have one item after the other until they end or it is halted. The one that it has then is waited for, and so is
 * the end of the source's iterator.
 *
 * @throws the first error: of the source, of `through`, of `work`, or of the iterator's `return()`
 */
export async function consume<B>({ source, through, work, ahead, halted }: ConsumeOptions<B>): Promise<void> {
  const samples = new Closable(source);
  let running: Promise<void> = Promise.resolve();
  const noted = (item: B): Promise<void> => {
    running = work(item);
    return running;
  };
  try {
    const steps = paced({ source: samples.items, through, consume: noted, ahead });
    await lastValueFrom(steps.pipe(takeUntil(halted)), { defaultValue: undefined });
    await running;
  } catch (error) {
    await samples.closed().catch(() => {});
    throw error;
  }
  await samples.closed();
}
