import type { ResumePoint, RunStart } from '../../src/event/trainEvent.js';
import type { RunParts } from './openRun.js';

/** The first event of a run. */
export function runStart(epochs: number, { learner, seed, stepsPerEpoch, validation, resumption }: RunParts): RunStart {
  const names = learner.metrics.map(({ name }) => name);
  const validationNames = validation === undefined ? [] : names.map(name => `val_${name}`);
  return {
    type: 'runStart',
    time: Date.now(),
    seed,
    epochs,
    stepsPerEpoch,
    metrics: Object.freeze([...names, ...validationNames, 'learning_rate']),
    parameters: learner.parameters,
    backend: learner.backend,
    compiled: learner.compiled,
    dtypePolicy: learner.dtypePolicy ?? 'float32',
    resumedFrom: resumption === null ? null : resumePoint(resumption.run),
  };
}

const resumePoint = ({ epoch, step, iterations, events }: ResumePoint): ResumePoint =>
  Object.freeze({ epoch, step, iterations, events });
