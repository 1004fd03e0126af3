import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { lastValueFrom, of, toArray } from 'rxjs';
import { type AscentStep, gradientAscent } from '../../../operators/gradientAscent.js';
import type { SafetensorsArray } from '../../../src/file/safetensors.js';
import { type Ascender, createAscender } from '../../../src/filters/ascender.js';
import { deprocessImage } from '../../../src/filters/deprocessImage.js';
import { meanAndDeviation } from '../../../src/filters/meanAndDeviation.js';
import { networkPart } from '../../../src/filters/networkPart.js';
import { filterActivation } from '../../../src/filters/objective.js';
import { type Pictures, pictureValues } from '../../../src/filters/pictures.js';
import { resizeBicubic } from '../../../src/filters/resizeBicubic.js';
import { scaleSizes } from '../../../src/filters/scaleSizes.js';
import { upscalePictures } from '../../../src/filters/upscalePictures.js';
import { type Comparison, compareArray, compareEqual, compareNumber, compareNumbers, failure } from '../comparison.js';
import type { GoldenCase } from '../goldenCase.js';
import type { Runner } from '../runner.js';
import type { Tolerance } from '../tolerance.js';

interface Given {
  readonly net: { readonly input_shape: readonly (number | null)[]; readonly layers: readonly NetLayer[] };
  readonly layer: string;
  readonly filters: readonly number[];
  readonly noise: SafetensorsArray;
  readonly size: number;
  readonly upscalings: number;
  readonly factor: number;
  readonly steps: number;
  readonly step_size: number;
  readonly epsilon: number;
}

interface NetLayer {
  readonly class: 'Conv2D' | 'MaxPooling2D' | 'AveragePooling2D';
  readonly name: string;
  readonly filters: number;
  readonly kernel_size: number;
  readonly pool_size: number;
  readonly strides: number;
  readonly padding: 'same' | 'valid';
  readonly activation: 'relu' | 'linear';
  readonly kernel: SafetensorsArray;
  readonly bias: SafetensorsArray;
}

interface ExpectedScale {
  readonly size: number;
  readonly start: SafetensorsArray;
  readonly losses: readonly number[];
  /** These only where the scale was finished. */
  readonly loss_after?: number;
  readonly end?: SafetensorsArray;
  readonly picture?: SafetensorsArray;
  readonly former_mean?: number;
  readonly former_std?: number;
  readonly resized?: SafetensorsArray;
}

interface ExpectedFilter {
  readonly filter: number;
  readonly kept: boolean;
  readonly loss?: number;
  readonly picture?: SafetensorsArray;
  readonly dropped_at?: { readonly scale: number; readonly step: number };
  readonly scales: readonly ExpectedScale[];
}

interface Tolerances extends Tolerance {
  readonly end: Tolerance;
  readonly levels: number;
  readonly share: number;
}

/** Kind `ascent`: each scale alone, the whole chain, and all filters in one batch. */
export const ascent: Runner = async golden => {
  const given = golden.given as Given;
  const model = netOf(given);
  const part = networkPart(model, given.layer);
  const ascender = createAscender({
    objective: filterActivation(part),
    batch: given.filters.length,
    epsilon: given.epsilon,
  });
  try {
    return await compareAll(golden, ascender);
  } finally {
    await ascender.dispose();
    model.dispose();
  }
};

async function compareAll(golden: GoldenCase, ascender: Ascender): Promise<Comparison[]> {
  const given = golden.given as Given;
  const { filters } = golden.expect as { readonly filters: readonly ExpectedFilter[] };
  const tolerance = golden.tolerance as unknown as Tolerances;
  const noise: Pictures = {
    filters: given.filters,
    size: given.noise.shape[1],
    channels: 3,
    values: given.noise.data as Float32Array,
  };
  const numbers = filters.map(({ filter }) => filter);
  const comparisons = [compareEqual('filters', given.filters, numbers)];
  for (const [i, expected] of filters.entries()) {
    for (const [scale, one] of expected.scales.entries()) {
      const what = `filter ${expected.filter} scale ${scale}`;
      comparisons.push(...(await compareScale(what, expected.filter, one, given, tolerance, ascender)));
    }
    const alone = { ...noise, filters: [expected.filter], values: pictureValues(noise, i) };
    const chain = await climbAll(alone, given, ascender);
    comparisons.push(...compareChain(`filter ${expected.filter}`, chain[0], expected, tolerance));
  }
  const together = await climbAll(noise, given, ascender);
  for (const [i, expected] of filters.entries()) {
    comparisons.push(...compareChain(`filter ${expected.filter} in the batch`, together[i], expected, tolerance));
  }
  return comparisons;
}

const climb = (pictures: Pictures, given: Given, ascender: Ascender): Promise<AscentStep[]> =>
  lastValueFrom(
    of(pictures).pipe(
      gradientAscent(ascender, { steps: given.steps, stepSize: given.step_size, epsilon: given.epsilon }),
      toArray(),
    ),
  );

/** One scale from its given start. */
async function compareScale(
  what: string,
  filter: number,
  expected: ExpectedScale,
  given: Given,
  tolerance: Tolerances,
  ascender: Ascender,
): Promise<Comparison[]> {
  const start = { filters: [filter], size: expected.size, channels: 3, values: expected.start.data as Float32Array };
  const steps = await climb(start, given, ascender);
  const losses = steps.map(step => step.losses[0]);
  const comparisons = [compareNumbers(`${what}: losses`, losses, expected.losses, tolerance)];
  const { loss_after, end, picture, former_mean, former_std, resized } = expected;
  if (loss_after === undefined || end === undefined || picture === undefined || resized === undefined) {
    return comparisons;
  }
  const { pictures } = steps[steps.length - 1];
  if (pictures.filters.length === 0) return [...comparisons, failure(what, 'the filter was dropped')];
  const after = await ascender.step(pictures, given.step_size);
  const shape = [expected.size, expected.size, 3];
  const { picture: levels, normalized } = deprocessImage(pictures.values, given.epsilon);
  const former = meanAndDeviation(normalized);
  const [size] = resized.shape;
  const ours = resizeBicubic({ data: levels, rows: expected.size, columns: expected.size, channels: 3 }, size, size);
  return [
    ...comparisons,
    compareNumber(`${what}: loss_after`, after.losses[0], loss_after, tolerance),
    compareArray(`${what}: end`, { shape, data: pictures.values }, end, tolerance.end),
    compareLevels(`${what}: picture`, levels, picture, tolerance),
    compareNumber(`${what}: former_mean`, former.mean, former_mean as number, { abs: 1e-5, rel: 0 }),
    compareNumber(`${what}: former_std`, former.deviation, former_std as number, { abs: 1e-5, rel: 0 }),
    compareLevels(`${what}: resized`, ours.data, resized, tolerance),
  ];
}

interface Climbed {
  readonly scales: readonly (readonly number[])[];
  readonly dropped: { readonly scale: number; readonly step: number } | null;
  readonly picture: Uint8Array | null;
}

/** The published algorithm from noise to finished pictures, for all the pictures at once. */
async function climbAll(start: Pictures, given: Given, ascender: Ascender): Promise<Climbed[]> {
  const { resizeTo } = scaleSizes(given);
  const losses = new Map(start.filters.map(filter => [filter, resizeTo.map((): number[] => [])]));
  const dropped = new Map<number, { scale: number; step: number }>();
  let pictures = start;
  for (const [scale, size] of resizeTo.entries()) {
    if (pictures.filters.length === 0) break;
    for (const step of await climb(pictures, given, ascender)) {
      for (const [i, filter] of step.filters.entries()) losses.get(filter)?.[scale].push(step.losses[i]);
      for (const { filter } of step.dropped) dropped.set(filter, { scale, step: step.step });
      pictures = step.pictures;
    }
    pictures = upscalePictures(pictures, size, 'levels', given.epsilon);
  }
  return start.filters.map(filter => {
    const place = pictures.filters.indexOf(filter);
    return {
      scales: (losses.get(filter) as number[][]).filter(scale => scale.length > 0),
      dropped: dropped.get(filter) ?? null,
      picture: place < 0 ? null : deprocessImage(pictureValues(pictures, place), given.epsilon).picture,
    };
  });
}

function compareChain(what: string, ours: Climbed, expected: ExpectedFilter, tolerance: Tolerances): Comparison[] {
  const comparisons = [
    compareEqual(`${what}: kept`, ours.picture !== null, expected.kept),
    compareEqual(`${what}: dropped_at`, ours.dropped, expected.dropped_at ?? null),
  ];
  if (ours.scales.length !== expected.scales.length) {
    return [...comparisons, failure(what, `${ours.scales.length} scales, expected ${expected.scales.length}`)];
  }
  for (const [scale, { losses }] of expected.scales.entries()) {
    comparisons.push(compareNumbers(`${what}: losses of scale ${scale}`, ours.scales[scale], losses, tolerance));
  }
  if (expected.picture === undefined) return comparisons;
  if (ours.picture === null) return [...comparisons, failure(what, 'there is no picture')];
  return [
    ...comparisons,
    compareNumber(`${what}: loss`, ours.scales.at(-1)?.at(-1) ?? Number.NaN, expected.loss as number, tolerance),
    compareLevels(`${what}: picture`, ours.picture, expected.picture, tolerance),
  ];
}

/** Passes where few levels differ, and these by little. */
function compareLevels(
  what: string,
  ours: Uint8Array,
  expected: SafetensorsArray,
  { levels, share }: Tolerances,
): Comparison {
  const theirs = expected.data as Uint8Array;
  if (!(levels >= 0 && share >= 0)) return failure(what, `tolerance has levels ${levels} and share ${share}`);
  if (ours.length !== theirs.length) return failure(what, `${ours.length} values, expected ${theirs.length}`);
  let differing = 0;
  let largest = 0;
  for (let i = 0; i < ours.length; i++) {
    const difference = Math.abs(ours[i] - theirs[i]);
    if (difference > 0) differing++;
    largest = Math.max(largest, difference);
  }
  const problem =
    largest > levels || differing > share * ours.length
      ? `${differing} of ${ours.length} values differ, by up to ${largest}; allowed: a share of ${share}, by ${levels}`
      : null;
  return { what, error: differing / ours.length, allowed: share, problem };
}

function netOf({ net }: Given): LayersModel {
  const model = sequential();
  for (const [i, layer] of net.layers.entries()) {
    const { name, strides, padding } = layer;
    const shape = i === 0 ? { inputShape: [...net.input_shape] } : {};
    if (layer.class === 'Conv2D') {
      const { filters, kernel_size: kernelSize, activation } = layer;
      model.add(layers.conv2d({ name, filters, kernelSize, strides, padding, activation, ...shape }));
      const weights = [layer.kernel, layer.bias].map(array => tf.tensor(array.data as Float32Array, [...array.shape]));
      model.getLayer(name).setWeights(weights);
      tf.dispose(weights);
    } else {
      const pool = layer.class === 'MaxPooling2D' ? layers.maxPooling2d : layers.averagePooling2d;
      model.add(pool({ name, poolSize: layer.pool_size, strides, padding, ...shape }));
    }
  }
  return model;
}
