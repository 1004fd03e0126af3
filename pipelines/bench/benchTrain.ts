import { filter, lastValueFrom, take, tap } from 'rxjs';
import { createLearner } from '../../src/learner/createLearner.js';
import { initializeWeights } from '../../src/model/initializeWeights.js';
import { startBackend } from '../cli/startBackend.js';
import { cifar10Batches } from '../recipes/cifar10Batches.js';
import { train } from '../train.js';
import { printLine, quantile } from './benchLine.js';
import { type BenchModel, noise } from './benchModels.js';

export interface BenchTrainOptions {
  readonly name: string;
  readonly model: BenchModel;
  readonly batch: number;
  readonly steps: number;
  readonly warmup: number;
  readonly threads: number;
  readonly data?: string | undefined;
  readonly compile: boolean;
  /** As the CIFAR-10 examples do. */
  readonly augment: boolean;
}

/**
 * Time of a training step, through the public `train`, with shuffling, dropout, metrics and events on. A step lasts from one
 * step's event to the next one's, so that all that is between them is inside.
 */
export async function benchTrain({
  name,
  model,
  batch,
  steps,
  warmup,
  threads,
  data,
  compile,
  augment,
}: BenchTrainOptions): Promise<void> {
  await startBackend({ threads });
  const source = data === undefined ? noise(model) : await model.source(data);
  const built = model.model();
  initializeWeights(built, 1);
  const learner = createLearner({
    model: built,
    optimizer: model.optimizer(),
    loss: 'categorical_crossentropy',
    metrics: ['accuracy'],
    compile,
  });
  const times: number[] = [];
  let loss = Number.NaN;
  const run$ = train({
    learner,
    data: { source, through: cifar10Batches(batch, { augment }) },
    epochs: 1_000_000,
    seed: 1,
  }).pipe(
    filter(event => event.type === 'step'),
    take(warmup + steps),
    tap(event => {
      times.push(performance.now());
      loss = event.logs.loss;
    }),
  );
  await lastValueFrom(run$);
  await learner.dispose();
  const measured = times.slice(warmup - 1);
  const single = measured.slice(1).map((time, i) => time - measured[i]);
  printLine({
    bench: 'train',
    variant: compile ? 'compiled' : 'eager',
    model: name,
    batch,
    augment,
    ms_per_step: (measured[measured.length - 1] - measured[0]) / steps,
    p10: quantile(single, 0.1),
    p50: quantile(single, 0.5),
    p90: quantile(single, 0.9),
    steps,
    threads,
    data: data === undefined ? 'noise' : 'real',
    params: learner.parameters,
    loss,
  });
}
