import { lastValueFrom, type Observable, type OperatorFunction, takeUntil } from 'rxjs';
import { paced } from '../operators/paced.js';
import type { Batch } from '../src/data/batch.js';
import type { Sample } from '../src/data/sample.js';

interface ConsumeOptions {
  readonly source: Iterable<Sample> | AsyncIterable<Sample>;
  readonly through: OperatorFunction<Sample, Batch>;
  readonly work: (batch: Batch) => Promise<void>;
  readonly ahead: number;
  /** Ends it early. */
  readonly halted: Observable<void>;
}

/** Lets `work` have one batch after the other until they end or it is halted; the one that it has then is waited for. */
export async function consume({ source, through, work, ahead, halted }: ConsumeOptions): Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const noted = (batch: Batch): Promise<void> => {
    running = work(batch);
    return running;
  };
  try {
    const steps = paced({ source, through, consume: noted, ahead });
    await lastValueFrom(steps.pipe(takeUntil(halted)), { defaultValue: undefined });
  } finally {
    await running;
  }
}
