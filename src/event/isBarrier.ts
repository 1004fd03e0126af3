import type { TrainEvent } from './trainEvent.js';

/** Types of events; the compiler sees to it that none is missing. */
const BARRIERS: Readonly<Record<TrainEvent['type'], boolean>> = {
  runStart: true,
  epochStart: true,
  step: true,
  validation: true,
  epochEnd: true,
  checkpoint: false,
  directive: false,
  warning: false,
  trainEnd: true,
  runEnd: false,
};

/**
 * Whether the run stands still after this event to carry out what controllers ask. An answer to any other one is not heard:
 * who answers a directive with a directive would never end. Nor is one to the `runStart` of a resumed run, save of a
 * controller that is new in it.
 */
export const isBarrier = ({ type }: TrainEvent): boolean => BARRIERS[type];
