/** One step of a search for a learning rate. */
export interface RatePoint {
  /** Counted from 0. */
  readonly step: number;
  readonly learningRate: number;
  /** Loss of the step's batch, before its update. */
  readonly loss: number;
  /** Exponential mean of the losses so far, its bias corrected. */
  readonly smoothed: number;
}

export interface SuggestOptions {
  /** Points at the beginning that are left out. Default: 10. */
  readonly skipBegin?: number;
  /** Points at the end that are left out. Default: 1. */
  readonly skipEnd?: number;
}

/**
 * The rate at which the smoothed loss falls most steeply by the step; null where fewer than two points are left.
 *
 * Source: `_LRFinder.suggestion` of PyTorch Lightning.
 */
export function suggestLearningRate(
  points: readonly RatePoint[],
  { skipBegin = 10, skipEnd = 1 }: SuggestOptions = {},
): number | null {
  const used = points.slice(skipBegin, points.length - skipEnd).filter(({ smoothed }) => Number.isFinite(smoothed));
  if (used.length < 2) return null;
  const slopes = used.map((_, i) => {
    const [before, after] = [Math.max(i - 1, 0), Math.min(i + 1, used.length - 1)];
    return (used[after].smoothed - used[before].smoothed) / (after - before);
  });
  return used[slopes.indexOf(Math.min(...slopes))].learningRate;
}
