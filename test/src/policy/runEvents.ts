import type { Logs, RunStart, TrainEvent } from '../../../src/event/trainEvent.js';

export const runStart: RunStart = Object.freeze({
  type: 'runStart',
  time: 0,
  seed: 7,
  epochs: 3,
  stepsPerEpoch: 2,
  metrics: ['loss', 'accuracy', 'val_loss', 'val_accuracy', 'learning_rate'],
  parameters: 10,
  backend: 'cpu',
  compiled: false,
  dtypePolicy: 'float32',
  resumedFrom: null,
});

/**
 * The events of a run without a model: two steps an epoch, a second each. Every epoch's logs are its value under each of
 * the usual names, and the learning rate.
 */
export function runEvents(values: readonly number[], learningRate = 0.01): TrainEvent[] {
  let time = 0;
  let iterations = 0;
  const next = () => {
    time += 1000;
    return time;
  };
  const epochs = values.flatMap((value, epoch): TrainEvent[] => {
    const logs: Logs = {
      loss: value,
      accuracy: value,
      val_loss: value,
      val_accuracy: value,
      learning_rate: learningRate,
    };
    const { loss, accuracy } = logs;
    return [
      { type: 'epochStart', time: next(), epoch, iterations, learningRate },
      { type: 'step', time: next(), epoch, step: 0, iterations: ++iterations, size: 1, logs: { loss, accuracy } },
      { type: 'step', time: next(), epoch, step: 1, iterations: ++iterations, size: 1, logs: { loss, accuracy } },
      { type: 'validation', time: next(), epoch, iterations, logs: { val_loss: value, val_accuracy: value } },
      { type: 'epochEnd', time: next(), epoch, steps: 2, iterations, logs },
    ];
  });
  const epoch = Math.max(0, values.length - 1);
  const start: TrainEvent = { ...runStart, epochs: values.length };
  const end: TrainEvent = { type: 'trainEnd', time: next(), epoch, iterations };
  return freeze([start, ...epochs, end]);
}

/** Deeply frozen: whoever writes into it throws. */
export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
