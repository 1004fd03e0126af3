import { isRecord } from '../../src/text/json.js';

/** `|ours − expected| ≤ abs + rel·|expected|` */
export interface Tolerance {
  readonly abs: number;
  readonly rel: number;
}

/** Whether it tells right from wrong; by one of a damaged case, anything might pass. */
export const isTolerance = (value: unknown): value is Tolerance & Readonly<Record<string, unknown>> =>
  isRecord(value) && [value.abs, value.rel].every(bound => Number.isFinite(bound) && Number(bound) >= 0);
