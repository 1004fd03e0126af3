import { filter, lastValueFrom, takeWhile, tap } from 'rxjs';
import { createLearner } from '../../src/learner/createLearner.js';
import { initializeWeights } from '../../src/model/initializeWeights.js';
import type { DtypePolicy } from '../../src/native/dtypePolicy.js';
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
  /** Default `float32`, which is what the anchors compute in. */
  readonly dtypePolicy?: DtypePolicy;
  /** Steps in one native call. */
  readonly stepsPerExecution: number;
  /** As the CIFAR-10 examples do. */
  readonly augment: boolean;
}

/**
 * Time of a training step, through the public `train`, with shuffling, dropout, metrics and events on. A step lasts from one
 * step's event to the next one's, so that all that is between them is inside; steps of one call have equal parts of it.
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
  dtypePolicy = 'float32',
  stepsPerExecution,
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
    dtypePolicy,
  });
  /** When calls had ended, after the warm-up: what one call did is told all at once. */
  const ends: { readonly time: number; readonly iterations: number }[] = [];
  let loss = Number.NaN;
  const measured = (): number => (ends.length === 0 ? 0 : ends[ends.length - 1].iterations - ends[0].iterations);
  const run$ = train({
    learner,
    data: { source, through: cifar10Batches(batch, { augment }) },
    epochs: 1_000_000,
    stepsPerExecution,
    seed: 1,
  }).pipe(
    filter(event => event.type === 'step' || event.type === 'epochEnd'),
    tap(event => {
      const { iterations, logs } = event;
      loss = logs.loss;
      const isEnd = event.type === 'epochEnd' || (event.step + 1) % stepsPerExecution === 0;
      const isNew = iterations >= warmup && iterations !== ends.at(-1)?.iterations;
      if (isEnd && isNew) ends.push({ time: performance.now(), iterations });
    }),
    takeWhile(() => measured() < steps),
  );
  await lastValueFrom(run$, { defaultValue: undefined });
  await learner.dispose();
  const single = ends.slice(1).map((end, i) => (end.time - ends[i].time) / (end.iterations - ends[i].iterations));
  printLine({
    bench: 'train',
    variant: [
      compile ? 'compiled' : 'eager',
      ...(stepsPerExecution === 1 ? [] : [`${stepsPerExecution}-steps`]),
      ...(learner.dtypePolicy === 'mixed_bfloat16' ? ['bfloat16'] : []),
    ].join('-'),
    model: name,
    batch,
    augment,
    ms_per_step: (ends[ends.length - 1].time - ends[0].time) / measured(),
    p10: quantile(single, 0.1),
    p50: quantile(single, 0.5),
    p90: quantile(single, 0.9),
    steps: measured(),
    threads,
    data: data === undefined ? 'noise' : 'real',
    params: learner.parameters,
    loss,
  });
}
