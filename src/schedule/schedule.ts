import type { Json } from '../text/json.js';

/**
 * A learning rate as a pure function of the step: number of updates made before, counted from 0. Rates are float64;
 * Keras computes them in float32, which differs by up to 1e-5 of the schedule's largest rate, mostly by less than 1e-6 of the rate.
 */
export interface Schedule {
  (step: number): number;
  /** What it was made with, for checkpoints and messages. */
  readonly config: ScheduleConfig;
}

export interface ScheduleConfig {
  /** Name of the function that makes it. */
  readonly name: string;
  readonly [parameter: string]: Json;
}

/** Joins the function and its description. */
export function schedule(rate: (step: number) => number, config: ScheduleConfig): Schedule {
  return Object.assign((step: number) => rate(step), { config: Object.freeze(config) });
}
