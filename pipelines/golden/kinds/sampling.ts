import { type AugmentationOptions, augmentation } from '../../../src/augment/augmentation.js';
import type { AugmentParameters } from '../../../src/augment/augmentParameters.js';
import { sampleParameters } from '../../../src/augment/sampleParameters.js';
import { randomKey } from '../../../src/random/randomKey.js';
import { camelCaseKeys } from '../../../src/text/camelCaseKeys.js';
import { type Comparison, compareEqual, compareNumber, failure } from '../comparison.js';
import type { GoldenTolerance } from '../goldenCase.js';
import type { Runner } from '../runner.js';
import type { Tolerance } from '../tolerance.js';

interface Given {
  readonly options: Readonly<Record<string, unknown>>;
  readonly image_shape: readonly number[];
  readonly data_format: 'channels_last' | 'channels_first';
  readonly draws: number;
}

interface Drawn {
  readonly mean: number;
  readonly std: number;
  readonly values?: readonly { readonly value: number; readonly share: number }[];
  readonly bounds?: readonly [number, number];
}

interface Expect {
  readonly parameters: Readonly<Record<string, Drawn | null>>;
  readonly correlations: readonly { readonly a: string; readonly b: string }[];
}

/** Kind `sampling`: the distribution of what is drawn. */
export const sampling: Runner = ({ given, expect, tolerance }) => {
  const { options, image_shape, data_format, draws } = given as Given;
  const { parameters, correlations } = expect as Expect;
  const keras = augmentation({
    ...(camelCaseKeys(options) as AugmentationOptions),
    dataFormat: data_format === 'channels_first' ? 'channelsFirst' : 'channelsLast',
    compat: 'keras-3.15',
  });
  const sets = Array.from({ length: draws }, (_, row) => sampleParameters(keras, randomKey(0, row), image_shape));
  const columns = new Map(Object.keys(parameters).map(name => [name, sets.map(set => numberOf(set, name))]));
  return [
    ...Object.entries(parameters).flatMap(([name, drawn]) =>
      compareDraws(name, columns.get(name) ?? [], drawn, tolerance),
    ),
    ...correlations.map(({ a, b }) =>
      compareNumber(
        `correlation of ${a} and ${b}`,
        correlation((columns.get(a) ?? []).map(Number), (columns.get(b) ?? []).map(Number)),
        0,
        within(tolerance.correlation, 1),
      ),
    ),
  ];
};

/** By Keras's names. */
const RENAMED: Readonly<Record<string, keyof AugmentParameters>> = {
  flip_horizontal: 'flipHorizontal',
  flip_vertical: 'flipVertical',
  channel_shift_intensity: 'channelShift',
};

function numberOf(set: AugmentParameters, name: string): number | null {
  const value = set[RENAMED[name] ?? (name as keyof AugmentParameters)];
  return value === null ? null : Number(value);
}

function compareDraws(
  name: string,
  draws: readonly (number | null)[],
  drawn: Drawn | null,
  tolerance: GoldenTolerance,
): Comparison[] {
  if (drawn === null)
    return [
      compareEqual(
        `${name} never drawn`,
        draws.every(value => value === null),
        true,
      ),
    ];
  if (draws.includes(null)) return [failure(name, 'is none at times, expected always a number')];
  const numbers = draws.map(Number);
  const listed = drawn.values?.map(({ value }) => value);
  const [low, high] = drawn.bounds ?? extremes(listed ?? []);
  const range = high - low;
  const [ourLow, ourHigh] = extremes(numbers);
  const outside = listed
    ? numbers.find(value => !listed.some(one => Math.abs(one - value) <= 1e-9 * Math.abs(one)))
    : numbers.find(value => value < low - 1e-9 * Math.abs(low) || value > high + 1e-9 * Math.abs(high));
  if (outside !== undefined)
    return [failure(name, `drew ${outside}, expected ${JSON.stringify(listed ?? drawn.bounds)}`)];
  // A sum of so many would be off by its rounding.
  if (range === 0) return [compareEqual(`${name} always`, numbers.find(value => value !== low) ?? low, low)];
  const mean = average(numbers);
  return [
    compareNumber(`${name} min`, ourLow, low, within(tolerance.edge, range)),
    compareNumber(`${name} max`, ourHigh, high, within(tolerance.edge, range)),
    compareNumber(`${name} mean`, mean, drawn.mean, within(tolerance.mean, range)),
    compareNumber(`${name} std`, deviation(numbers, mean), drawn.std, within(tolerance.std, range)),
    ...(drawn.values ?? []).map(({ value, share }) =>
      compareNumber(
        `${name} share of ${value}`,
        numbers.filter(one => Math.abs(one - value) <= 1e-9 * Math.abs(value)).length / numbers.length,
        share,
        within(tolerance.share, 1),
      ),
    ),
  ];
}

/** A width that the case gives as a share of `range`. */
const within = (share: unknown, range: number): Tolerance => ({ abs: Number(share) * range, rel: 0 });

const extremes = (numbers: readonly number[]): [number, number] =>
  numbers.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );

const average = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

const deviation = (numbers: readonly number[], mean: number): number =>
  Math.sqrt(average(numbers.map(x => (x - mean) ** 2)));

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [average(a), average(b)];
  const product = average(a.map((x, i) => (x - meanA) * (b[i] - meanB)));
  return product / (deviation(a, meanA) * deviation(b, meanB));
}
