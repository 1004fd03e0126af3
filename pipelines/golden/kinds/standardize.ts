import type { HostArray } from '../../../src/array/hostArray.js';
import { fitStatistics } from '../../../src/augment/fitStatistics.js';
import { type StandardizationOptions, standardization } from '../../../src/augment/standardization.js';
import { standardize as standardizeImages } from '../../../src/augment/standardize.js';
import type { SafetensorsArray } from '../../../src/file/safetensors.js';
import { camelCaseKeys } from '../../../src/text/camelCaseKeys.js';
import { compareArray } from '../comparison.js';
import type { Runner } from '../runner.js';

interface Given {
  readonly fit_images: SafetensorsArray;
  readonly images: SafetensorsArray;
  readonly data_format: 'channels_last' | 'channels_first';
  readonly options: { readonly preprocessing?: string };
}

interface Expect {
  readonly batch: SafetensorsArray;
  readonly mean: SafetensorsArray | null;
  readonly std: SafetensorsArray | null;
  readonly whitening_matrix?: SafetensorsArray;
}

/** Kinds `standardize` and `zca`: statistics, and what they do to pictures. */
export const standardize: Runner = async ({ given, expect, tolerance }) => {
  const { fit_images, images, data_format, options } = given as Given;
  const { preprocessing, ...others } = options;
  const keras = standardization({
    ...(camelCaseKeys(others) as StandardizationOptions),
    ...(preprocessing !== undefined && { preprocessingFunction: preprocessingFunction(preprocessing) }),
    dataFormat: data_format === 'channels_first' ? 'channelsFirst' : 'channelsLast',
    compat: 'keras-3.15',
  });
  const statistics = await fitStatistics(keras, hostArray(fit_images));
  const batch = standardizeImages(keras, hostArray(images), statistics);
  const { mean, std, whitening_matrix, ...wanted } = expect as Expect;
  return [
    compareArray('batch', batch, wanted.batch, tolerance),
    ...compareStatistic('mean', statistics.mean, mean),
    ...compareStatistic('std', statistics.std, std),
    ...compareStatistic('whitening_matrix', statistics.whitening, whitening_matrix ?? null),
  ];

  function compareStatistic(name: string, ours: HostArray | null, theirs: SafetensorsArray | null) {
    return theirs === null ? [] : [compareArray(name, ours ?? { data: [], shape: [] }, theirs, tolerance)];
  }
};

const hostArray = ({ data, shape }: SafetensorsArray): HostArray => ({
  data: Float32Array.from(data as Float32Array),
  shape,
});

function preprocessingFunction(name: string): (image: HostArray) => HostArray {
  const pixelwise =
    (change: (value: number) => number) =>
    ({ data, shape }: HostArray) => ({ data: data.map(change), shape });
  switch (name) {
    case '255 - x':
      return pixelwise(x => 255 - x);
    case 'x + 10':
      return pixelwise(x => x + 10);
    case 'x / 127.5 - 1':
      return pixelwise(x => x / 127.5 - 1);
    case 'reverse channels':
      return ({ data, shape }) => {
        const last = shape[shape.length - 1];
        return { data: data.map((_, i) => data[i + last - 1 - 2 * (i % last)]), shape };
      };
    default:
      throw new Error(`unknown preprocessing '${name}'`);
  }
}
