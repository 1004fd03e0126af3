import { filter, lastValueFrom, map, take, toArray } from 'rxjs';
import { batch as batched } from '../../operators/batch.js';
import { fakeLearner } from '../../operators/testing/fakeLearner.js';
import { fromArrays } from '../../src/data/fromArrays.js';
import { train } from '../train.js';
import { printLine, quantile } from './benchLine.js';

export interface BenchOverheadOptions {
  readonly batch: number;
  readonly steps: number;
  readonly warmup: number;
  readonly threads: number;
}

/** What the stream around a step costs: the whole of `train` with a learner whose step takes no time. */
export async function benchOverhead({ batch, steps, warmup, threads }: BenchOverheadOptions): Promise<void> {
  const rows = 60_000;
  const source = fromArrays({
    x: { data: new Uint8Array(rows * 784), shape: [rows, 784] },
    y: { data: new Uint8Array(rows), shape: [rows] },
  });
  const learner = fakeLearner();
  const times = await lastValueFrom(
    train({ learner, data: { source, through: batched(batch) }, epochs: 1_000_000, seed: 1 }).pipe(
      filter(event => event.type === 'step'),
      map(() => performance.now()),
      take(warmup + steps),
      toArray(),
    ),
  );
  const measured = times.slice(warmup - 1);
  const single = measured.slice(1).map((time, i) => (time - measured[i]) * 1000);
  printLine({
    bench: 'overhead',
    variant: 'train',
    batch,
    us_per_batch: ((measured[measured.length - 1] - measured[0]) * 1000) / steps,
    p10: quantile(single, 0.1),
    p50: quantile(single, 0.5),
    p90: quantile(single, 0.9),
    steps,
    threads,
  });
}
