import { describe, expect, it } from 'vitest';
import type { HostArray } from '../../../src/array/hostArray.js';
import { fitStatistics } from '../../../src/augment/fitStatistics.js';
import { type StandardizationOptions, standardization } from '../../../src/augment/standardization.js';
import { standardize } from '../../../src/augment/standardize.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { UnknownNameError } from '../../../src/error/unknownNameError.js';

/** n pictures of 2 × 2 pixels and 2 channels. */
const pictures = (n: number): HostArray => ({
  data: Uint8Array.from({ length: n * 8 }, (_, i) => (i * i * 37 + i * 11) % 256),
  shape: [n, 2, 2, 2],
});

async function fitted(options: StandardizationOptions, images = pictures(20)): Promise<HostArray> {
  const checked = standardization(options);
  return standardize(checked, images, await fitStatistics(checked, images));
}

const moments = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, std: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
};

describe('standardization', () => {
  it.each<[StandardizationOptions, string, string]>([
    [{ zcaWhitening: true, featurewiseStdNormalization: true }, 'zcaWhitening', 'featurewiseStdNormalization'],
    [{ zcaWhitening: true, featurewiseCenter: false }, 'zcaWhitening', 'featurewiseCenter'],
    [
      { featurewiseStdNormalization: true, featurewiseCenter: false },
      'featurewiseStdNormalization',
      'featurewiseCenter',
    ],
    [{ samplewiseStdNormalization: true, samplewiseCenter: false }, 'samplewiseStdNormalization', 'samplewiseCenter'],
    [{ zcaEpsilon: 1e-3, zcaWhitening: false }, 'zcaEpsilon', 'zcaWhitening'],
  ])('names both options of the contradiction in %j, which keras-3.15 settles', (options, first, second) => {
    expect(() => standardization(options)).toThrow(InvalidArgumentError);
    expect(() => standardization(options)).toThrow(new RegExp(`${first} and ${second}`));
    expect(() => standardization({ ...options, compat: 'keras-3.15' })).not.toThrow();
  });

  it.each<[StandardizationOptions, string]>([
    [{ rescale: Number.NaN }, 'rescale is NaN'],
    [{ zcaWhitening: true, zcaEpsilon: 0 }, 'zcaEpsilon is 0'],
    [{ featurewiseCenter: 'no' as unknown as boolean }, 'featurewiseCenter is "no": give true or false'],
    [{ preprocessingFunction: 'caffe' as never }, 'preprocessingFunction is "caffe": give a function'],
  ])('refuses %j', (options, message) => {
    expect(() => standardization(options)).toThrow(message);
  });

  it('suggests the nearest name for an unknown option', () => {
    const make = () => standardization({ featurewiseCentre: true } as StandardizationOptions);
    expect(make).toThrow(UnknownNameError);
    expect(make).toThrow("Did you mean 'featurewiseCenter'?");
  });
});

describe('standardize', () => {
  it('gives floats, unchanged, without options, and leaves its input alone', () => {
    const images = pictures(2);
    const before = images.data.slice();
    const { data, shape } = standardize(standardization(), images);
    expect(shape).toEqual(images.shape);
    expect(Array.from(data)).toEqual(Array.from(before));
    standardize(standardization({ rescale: 2, samplewiseStdNormalization: true }), images);
    expect(images.data).toEqual(before);
  });

  it('gives each channel of the fitted set mean 0 and deviation 1', async () => {
    const { data } = await fitted({ featurewiseStdNormalization: true, rescale: 1 / 255 });
    for (const channel of [0, 1]) {
      const { mean, std } = moments(Array.from(data).filter((_, i) => i % 2 === channel));
      expect(mean).toBeCloseTo(0, 5);
      expect(std).toBeCloseTo(1, 4);
    }
  });

  it('gives each picture mean 0 and deviation 1, and an even picture zeros', () => {
    const options = standardization({ samplewiseStdNormalization: true });
    const { mean, std } = moments(Array.from(standardize(options, pictures(1)).data));
    expect([mean, std]).toEqual([expect.closeTo(0, 5), expect.closeTo(1, 5)]);
    const even = { data: new Uint8Array(8).fill(9), shape: [1, 2, 2, 2] };
    expect(Array.from(standardize(options, even).data)).toEqual(new Array(8).fill(0));
  });

  it('makes the values of whitened pictures uncorrelated', async () => {
    const { data } = await fitted({ zcaWhitening: true }, pictures(60));
    for (let a = 0; a < 8; a++) {
      for (let b = 0; b < 8; b++) {
        let sum = 0;
        for (let n = 0; n < 60; n++) sum += data[n * 8 + a] * data[n * 8 + b];
        expect(sum / 60).toBeCloseTo(a === b ? 1 : 0, 4);
      }
    }
  });

  it('does the preprocessing function first, to each picture alone', () => {
    const shapes: string[] = [];
    const preprocessingFunction = ({ data, shape }: HostArray): HostArray => {
      shapes.push(String(shape));
      return { data: data.map(value => 10 - value), shape };
    };
    const images = { data: Float32Array.of(1, 2, 3, 4), shape: [2, 1, 2, 1] };
    const { data } = standardize(standardization({ preprocessingFunction, rescale: 2 }), images);
    expect([Array.from(data), shapes]).toEqual([
      [18, 16, 14, 12],
      ['1,2,1', '1,2,1'],
    ]);
  });

  it.each<[string, StandardizationOptions]>([
    ['featurewiseCenter', { featurewiseCenter: true }],
    ['featurewiseCenter', { zcaWhitening: true }],
  ])('says that %s needs statistics', (option, options) => {
    expect(() => standardize(standardization(options), pictures(1))).toThrow(
      `${option} needs statistics of the training set`,
    );
  });

  it('refuses statistics of other pictures, and a function that changes the shape', async () => {
    const options = standardization({ featurewiseCenter: true });
    const statistics = await fitStatistics(options, pictures(3));
    const grey = { data: new Uint8Array(4), shape: [1, 2, 2, 1] };
    expect(() => standardize(options, grey, statistics)).toThrow('The fitted mean has 2 values');
    const shrinking = standardization({
      preprocessingFunction: () => ({ data: new Float32Array(1), shape: [1, 1, 1] }),
    });
    expect(() => standardize(shrinking, grey)).toThrow('it must keep the shape');
  });

  it('refuses values that are too few or too many for the shape, in fitting too', async () => {
    const options = standardization({ featurewiseCenter: true });
    for (const length of [11, 24]) {
      const images = { data: new Uint8Array(length), shape: [3, 2, 2, 1] };
      expect(() => standardize(standardization(), images)).toThrow(`have 12 values, but ${length} came`);
      await expect(fitStatistics(options, images)).rejects.toThrow(`have 12 values, but ${length} came`);
    }
  });

  it.each([{ featurewiseCenter: true }, { zcaWhitening: true }])(
    'says which picture can not be fitted to: %j',
    async options => {
      const images = { data: Float32Array.of(1, 2, 3, 4, 5, Number.NaN), shape: [3, 2, 1, 1] };
      await expect(fitStatistics(standardization(options), images)).rejects.toThrow('picture 2 has the value NaN');
    },
  );

  it('refuses to fit to no picture, or to whiten what would take hours', async () => {
    const options = standardization({ zcaWhitening: true });
    await expect(fitStatistics(options, { data: new Uint8Array(0), shape: [0, 2, 2, 1] })).rejects.toThrow(
      'no picture',
    );
    const large = { data: new Uint8Array(200 * 200 * 3), shape: [1, 200, 200, 3] };
    await expect(fitStatistics(options, large)).rejects.toThrow('would take too long');
  });
});
