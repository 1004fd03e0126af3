import type { TrainEvent } from './trainEvent.js';

/** Every type of event; the compiler sees to it that none is missing. */
const TYPES: Readonly<Record<TrainEvent['type'], true>> = {
  runStart: true,
  epochStart: true,
  step: true,
  validation: true,
  epochEnd: true,
  checkpoint: true,
  directive: true,
  warning: true,
  trainEnd: true,
  runEnd: true,
};

/** Every type of event, in the order of a run. */
export const eventTypes: readonly string[] = Object.keys(TYPES);
