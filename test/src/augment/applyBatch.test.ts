import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostArray } from '../../../src/array/hostArray.js';
import { affineMatrix } from '../../../src/augment/affineMatrix.js';
import { applyBatch } from '../../../src/augment/applyBatch.js';
import { applyParameters } from '../../../src/augment/applyParameters.js';
import { type AugmentationOptions, augmentation, type FillMode } from '../../../src/augment/augmentation.js';
import type { AugmentParameters } from '../../../src/augment/augmentParameters.js';
import { shiftChannels } from '../../../src/augment/shiftChannels.js';
import { type Warp, warpAffine, warpGeneral } from '../../../src/augment/warpAffine.js';
import { canWarpBytes, warpBytes } from '../../../src/augment/warpBytes.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { NEUTRAL_PARAMETERS } from '../../helpers/neutralParameters.js';

/** 2 rows, 3 columns, one channel. */
const small: HostArray = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3, 1] };

const applied = (options: AugmentationOptions, change: Partial<AugmentParameters>, image = small): number[] =>
  Array.from(applyParameters(augmentation(options), image, { ...NEUTRAL_PARAMETERS, ...change }).data);

const fraction = fc.double({ min: -40, max: 40, noNaN: true });
const parametersOf: fc.Arbitrary<AugmentParameters> = fc.record({
  theta: fraction,
  tx: fraction,
  ty: fraction,
  shear: fraction,
  zx: fc.double({ min: 0.5, max: 2, noNaN: true }),
  zy: fc.double({ min: 0.5, max: 2, noNaN: true }),
  flipHorizontal: fc.boolean(),
  flipVertical: fc.boolean(),
  channelShift: fc.option(fraction),
  brightness: fc.option(fc.double({ min: 0, max: 2, noNaN: true })),
});
const fillModes: FillMode[] = ['nearest', 'constant', 'reflect', 'wrap'];

const batchOf = (count: number, shape: readonly number[], seed = 1): HostArray => ({
  data: Uint8Array.from({ length: count * shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i + seed) * 7919) % 251),
  shape: [count, ...shape],
});

describe('applyParameters', () => {
  it.each<[string, AugmentationOptions, Partial<AugmentParameters>, number[]]>([
    ['nothing', {}, {}, [1, 2, 3, 4, 5, 6]],
    ['tx: sideways, from the right', {}, { tx: 1 }, [2, 3, 3, 5, 6, 6]],
    ['ty: up, from below', {}, { ty: 1 }, [4, 5, 6, 4, 5, 6]],
    ['half a pixel: the mean of two', {}, { tx: 0.5 }, [1.5, 2.5, 3, 4.5, 5.5, 6]],
    ['half a pixel of order 0: the next pixel', { interpolationOrder: 0 }, { tx: 0.75 }, [2, 3, 3, 5, 6, 6]],
    ['constant', { fillMode: 'constant', cval: 9 }, { tx: -1 }, [9, 1, 2, 9, 4, 5]],
    ['reflect: the edge is repeated', { fillMode: 'reflect' }, { tx: -2 }, [2, 1, 1, 5, 4, 4]],
    ['wrap: the period is the width', { fillMode: 'wrap' }, { tx: 1 }, [2, 3, 1, 5, 6, 4]],
    ['wrap between the last and the first pixel', { fillMode: 'wrap' }, { tx: 0.5 }, [1.5, 2.5, 2, 4.5, 5.5, 5]],
    ['horizontal flip', {}, { flipHorizontal: true }, [3, 2, 1, 6, 5, 4]],
    ['vertical flip', {}, { flipVertical: true }, [4, 5, 6, 1, 2, 3]],
    ['a flip of the shifted picture', {}, { tx: 1, flipHorizontal: true }, [3, 3, 2, 6, 6, 5]],
    ['a half turn about the centre, not crossed', {}, { theta: 180 }, [6, 5, 4, 3, 2, 1]],
    ['zoom: half as far from the centre', {}, { zx: 0.5 }, [1.5, 2, 2.5, 4.5, 5, 5.5]],
    ['channel shift, clipped to the picture’s own range', {}, { channelShift: 2 }, [3, 4, 5, 6, 6, 6]],
    ['channel shift downwards', {}, { channelShift: -2 }, [1, 1, 1, 2, 3, 4]],
    ['brightness', {}, { brightness: 1.5 }, [1.5, 3, 4.5, 6, 7.5, 9]],
  ])('does %s', (_, options, change, expected) => {
    const pixels = applied(options, change);
    pixels.forEach((pixel, i) => {
      expect(pixel).toBeCloseTo(expected[i], 5);
    });
  });

  it('keeps brightness of bytes within 255, and lets float pictures in 0 … 1 be bright', () => {
    expect(applied({}, { brightness: 100 })).toEqual([100, 200, 255, 255, 255, 255]);
    const unit = { data: Float32Array.of(0.25, 0.5), shape: [1, 2, 1] };
    expect(applied({}, { brightness: 3 }, unit)).toEqual([0.75, 1.5]);
  });

  it.each([
    [-2, [3, 2, 1, 6, 5, 4]],
    [-4, [3, 2, 3, 6, 5, 6]],
    [2, [3, 2, 1, 6, 5, 4]],
    [4, [1, 2, 1, 4, 5, 4]],
  ])('wraps as scipy a whole period and %i pixels away, for Keras 3.15', (tx, expected) => {
    for (const interpolationOrder of [0, 1] as const) {
      expect(applied({ fillMode: 'wrap', compat: 'keras-3.15', interpolationOrder }, { tx })).toEqual(expected);
    }
  });

  it('makes nothing darker than black by a negative brightness, for Keras 3.15', () => {
    expect(applied({ compat: 'keras-3.15' }, { brightness: -0.5 })).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('draws pictures zoomed to a point and turned over by a negative zoom', () => {
    const square: HostArray = { data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), shape: [3, 3, 1] };
    expect(applied({}, { zx: 0, zy: 0 }, square)).toEqual(new Array(9).fill(5));
    expect(applied({}, { zx: -1, zy: 0.5 }, square)).toEqual([4.5, 3.5, 2.5, 6, 5, 4, 7.5, 6.5, 5.5]);
  });

  it('does to pictures with the channels first what it does to the others', () => {
    fc.assert(
      fc.property(parametersOf, parameters => {
        const last: HostArray = { data: batchOf(1, [5, 4, 3]).data, shape: [5, 4, 3] };
        const first: HostArray = { data: transposed(last.data, 20, 3), shape: [3, 5, 4] };
        const wanted = applyParameters(augmentation(), last, parameters).data;
        const ours = applyParameters(augmentation({ dataFormat: 'channelsFirst' }), first, parameters).data;
        expect(ours).toEqual(transposed(wanted, 20, 3));
      }),
      { numRuns: 300 },
    );
  });

  it.each([[[2, 3]], [[2, 0, 1]], [[1.5, 2, 2]]])('refuses a picture of shape %j', shape => {
    expect(() => applied({}, {}, { data: new Uint8Array(6), shape })).toThrow(InvalidArgumentError);
  });
});

describe('applyBatch', () => {
  const shape = [8, 9, 3];
  const options = augmentation({ fillMode: 'reflect' });

  it('gives the same pixels whatever the slices and their order', () => {
    fc.assert(
      fc.property(fc.array(parametersOf, { minLength: 2, maxLength: 6 }), fc.nat(), (parameters, cut) => {
        const count = parameters.length;
        const input = batchOf(count, shape);
        const whole = new Float32Array(input.data.length);
        applyBatch(options, input, whole, parameters);
        const parts = new Float32Array(input.data.length);
        const at = cut % (count + 1);
        applyBatch(options, input, parts, parameters, at, count);
        applyBatch(options, input, parts, parameters, 0, at);
        expect(parts).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });

  it('leaves what is outside of the slice alone', () => {
    const input = batchOf(3, shape);
    const output = new Float32Array(input.data.length).fill(-1);
    applyBatch(options, input, output, new Array(3).fill(NEUTRAL_PARAMETERS), 1, 2);
    expect([output[215], output[216], output[431], output[432]]).toEqual([-1, input.data[216], input.data[431], -1]);
  });

  it.each([
    ['output', 2, 1, 0, 1],
    ['parameters', 1, 2, 0, 1],
    ['slice', 1, 1, 1, 0],
    ['slice', 1, 1, 0, 2],
  ])('refuses what does not fit: %s', (_, pictures, sets, from, to) => {
    const input = batchOf(pictures, shape);
    const parameters = new Array(sets).fill(NEUTRAL_PARAMETERS);
    expect(() => applyBatch(options, input, new Float32Array(216), parameters, from, to)).toThrow(InvalidArgumentError);
  });
});

describe('warpAffine', () => {
  it.each([1, 2, 3, 4])('gives the same by its quick ways as by the general one, %i channels', channels => {
    const extents = { rows: 7, columns: 6, channels };
    const { data } = batchOf(1, [7, 6, channels]);
    const aligned = fc.record({
      tx: fc.oneof(fraction, fc.integer({ min: -9, max: 9 })),
      ty: fc.oneof(fraction, fc.integer({ min: -9, max: 9 })),
      zx: fc.oneof(fc.constant(1), fc.double({ min: 0.5, max: 2, noNaN: true })),
      flipHorizontal: fc.boolean(),
      flipVertical: fc.boolean(),
    });
    fc.assert(
      fc.property(aligned, fc.constantFrom(...fillModes), fc.constantFrom<0 | 1>(0, 1), (change, border, order) => {
        const warp = { ...extents, border, cval: 5, order };
        const matrix = affineMatrix({ ...NEUTRAL_PARAMETERS, ...change }, 7, 6);
        const [quick, general] = [new Float32Array(data.length), new Float32Array(data.length)];
        warpAffine(data, 0, quick, 0, matrix, warp);
        warpGeneral(data, 0, general, 0, matrix, warp);
        quick.forEach((value, i) => {
          expect(value).toBeCloseTo(general[i], 3);
        });
      }),
    );
  });
});

describe('warpBytes', () => {
  it('gives what the general way gives, to the last bit, channel shift included', () => {
    const sizes = fc.record({ rows: fc.integer({ min: 1, max: 9 }), columns: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(sizes, parametersOf, fc.nat(), ({ rows, columns }, parameters, seed) => {
        const warp: Warp = { rows, columns, channels: 3, border: 'nearest', cval: 0, order: 1 };
        const size = rows * columns * 3;
        const { data } = batchOf(3, [rows, columns, 3], seed);
        const matrix = affineMatrix(parameters, rows, columns);
        const shift = parameters.channelShift ?? 0;
        const [bytes, general] = [new Float32Array(3 * size).fill(-1), new Float32Array(3 * size).fill(-1)];
        warpBytes(data, size, bytes, size, matrix, warp, shift);
        warpGeneral(data, size, general, size, matrix, warp);
        if (shift !== 0) shiftChannels(general, size, 2 * size, shift);
        expect(bytes).toEqual(general);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, Partial<Warp>]>([
    ['another border', { border: 'reflect' }],
    ['another order', { order: 0 }],
    ['another number of channels', { channels: 1 }],
  ])('is not for %s', (_, change) => {
    const warp: Warp = { rows: 2, columns: 2, channels: 3, border: 'nearest', cval: 0, order: 1 };
    expect(canWarpBytes(new Uint8Array(12), warp)).toBe(true);
    expect(canWarpBytes(new Float32Array(12), warp)).toBe(false);
    expect(canWarpBytes(new Uint8Array(12), { ...warp, ...change })).toBe(false);
  });
});

function transposed<T extends HostArray['data']>(data: T, pixels: number, channels: number): T {
  return data.map((_, i) => data[(i % pixels) * channels + Math.floor(i / pixels)]) as T;
}
