import { isTolerance, type Tolerance } from './tolerance.js';

/**
 * What came out of comparing one result. Build it with {@link compareNumber}, {@link compareArray},
 * {@link compareEqual} or {@link failure}; a runner returns all it made and the case passes if each of them passes.
 */
export interface Comparison {
  /** What was compared, such as `weights[3]`; stands in the reason of a failure. */
  readonly what: string;
  /** Of the worst number; NaN where nothing is measured. */
  readonly error: number;
  /** What that number was allowed. */
  readonly allowed: number;
  /** Why it failed; null where it passed. */
  readonly problem: string | null;
}

/** Passes if `|ours − expected| ≤ abs + rel·|expected|`; numbers that aren't finite must be the same. */
export function compareNumber(what: string, ours: number, expected: number, tolerance: Tolerance): Comparison {
  return compareArray(what, { shape: [], data: [ours] }, { shape: [], data: [expected] }, tolerance);
}

/** Numbers of any kind with their shape: host arrays, safetensors arrays, plain lists. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number> | BigInt64Array;
}

/** Passes if the shape is equal and each number passes as in {@link compareNumber}. */
export function compareArray(what: string, ours: Numbers, expected: Numbers, tolerance: Tolerance): Comparison {
  if (String(ours.shape) !== String(expected.shape) || ours.data.length !== expected.data.length) {
    return failure(what, `shape is [${ours.shape}], expected [${expected.shape}]`);
  }
  const flaw = flawOf(expected, tolerance);
  if (flaw !== null) return failure(what, flaw);
  let worst = { error: 0, allowed: tolerance.abs, excess: Number.NEGATIVE_INFINITY, index: 0 };
  for (let index = 0; index < ours.data.length; index++) {
    const [a, b] = [Number(ours.data[index]), Number(expected.data[index])];
    const allowed = tolerance.abs + (Number.isFinite(b) ? tolerance.rel * Math.abs(b) : 0);
    const error = Object.is(a, b) || a === b ? 0 : Math.abs(a - b);
    const excess = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error - allowed;
    if (excess > worst.excess) worst = { error, allowed, excess, index };
  }
  const { error, allowed, excess, index } = worst;
  const place = expected.shape.length === 0 ? '' : ` at ${JSON.stringify(position(index, expected.shape))}`;
  const problem = excess > 0 ? `got ${ours.data[index]}${place}, expected ${expected.data[index]}` : null;
  return { what, error, allowed, problem };
}

/** Why nothing can be told by them, as where a case is damaged: anything would pass. */
function flawOf({ data }: Numbers, tolerance: Partial<Tolerance> | undefined): string | null {
  if (!isTolerance(tolerance)) {
    const given = [tolerance?.abs, tolerance?.rel].map(show).join(' and ');
    return `its tolerance must be finite numbers ≥ 0, got ${given}; see 'tolerance' in case.json`;
  }
  if (!Array.isArray(data)) return null;
  const index = data.findIndex(value => typeof value !== 'number' && typeof value !== 'bigint');
  return index < 0 ? null : `expected ${show(data[index])} at [${index}] of case.json, which is no number`;
}

/** A list of numbers as an array of one dimension. */
export function compareNumbers(
  what: string,
  ours: readonly number[],
  expected: readonly number[],
  tolerance: Tolerance,
): Comparison {
  return compareArray(what, list(ours), list(expected), tolerance);
}

/** Passes if both are deeply equal: strings, booleans, counts, shapes, and lists and records of them. */
export function compareEqual(what: string, ours: unknown, expected: unknown): Comparison {
  const difference = firstDifference(ours, expected, '');
  return difference === null ? { what, error: 0, allowed: 0, problem: null } : failure(what, difference);
}

/** A comparison that failed without a number to show. */
export function failure(what: string, problem: string): Comparison {
  return { what, error: Number.NaN, allowed: Number.NaN, problem };
}

const list = (data: readonly number[]): Numbers => ({ shape: [data.length], data });

/** Place of a flat index, as one index a dimension. */
function position(index: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  for (let rest = index, axis = shape.length - 1; axis >= 0; axis--) {
    place.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return place;
}

function firstDifference(ours: unknown, expected: unknown, path: string): string | null {
  if (isContainer(ours) && isContainer(expected) && Array.isArray(ours) === Array.isArray(expected)) {
    for (const key of new Set([...Object.keys(ours), ...Object.keys(expected)])) {
      const difference = firstDifference(ours[key], expected[key], `${path}[${JSON.stringify(key)}]`);
      if (difference !== null) return difference;
    }
    return null;
  }
  if (Object.is(ours, expected)) return null;
  return `got ${show(ours)}${path === '' ? '' : ` at ${path}`}, expected ${show(expected)}`;
}

const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const show = (value: unknown): string =>
  typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing');
