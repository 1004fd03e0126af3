import type { HostArray } from '../array/hostArray.js';
import { checkNames } from '../error/checkNames.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { isKerasCompat } from '../text/isKerasCompat.js';
import { DATA_FORMATS, type DataFormat } from './imageShape.js';

/** The parameters of Keras's ImageDataGenerator that do the same to every picture. */
export interface StandardizationOptions {
  /** One float32 picture in, one of the same shape out; before everything else. May change its argument. */
  readonly preprocessingFunction?: (image: HostArray) => HostArray;
  /** Factor; 0 or null: none. */
  readonly rescale?: number | null;
  /** Subtracts the mean of the whole picture. */
  readonly samplewiseCenter?: boolean;
  /** Divides by the standard deviation of the whole picture. Implies `samplewiseCenter`. */
  readonly samplewiseStdNormalization?: boolean;
  /** Subtracts the fitted mean of each channel. */
  readonly featurewiseCenter?: boolean;
  /** Divides by the fitted standard deviation of each channel. Implies `featurewiseCenter`. */
  readonly featurewiseStdNormalization?: boolean;
  /** Takes away what pixels have in common. Implies `featurewiseCenter`. */
  readonly zcaWhitening?: boolean;
  /** Added to singular values before the division. Default: 10⁻⁶. */
  readonly zcaEpsilon?: number;
  /** Default: `channelsLast`. */
  readonly dataFormat?: DataFormat;
  /** `keras-3.15` settles contradictions as that version does, with no more than a warning there. */
  readonly compat?: 'keras-3.15';
}

/** Checked options, each with its value. */
export interface Standardization {
  readonly preprocessingFunction: ((image: HostArray) => HostArray) | null;
  readonly rescale: number;
  readonly samplewiseCenter: boolean;
  readonly samplewiseStdNormalization: boolean;
  readonly featurewiseCenter: boolean;
  readonly featurewiseStdNormalization: boolean;
  readonly zcaWhitening: boolean;
  readonly zcaEpsilon: number;
  readonly dataFormat: DataFormat;
}

const FLAGS = [
  'samplewiseCenter',
  'samplewiseStdNormalization',
  'featurewiseCenter',
  'featurewiseStdNormalization',
  'zcaWhitening',
] as const satisfies readonly (keyof StandardizationOptions)[];

const NAMES: readonly (keyof StandardizationOptions)[] = [
  'preprocessingFunction',
  'rescale',
  'samplewiseCenter',
  'samplewiseStdNormalization',
  'featurewiseCenter',
  'featurewiseStdNormalization',
  'zcaWhitening',
  'zcaEpsilon',
  'dataFormat',
  'compat',
];

/**
 * Checks options and fills in the defaults, which change nothing.
 *
 * @throws InvalidArgumentError where a value can't be meant or two contradict each other; UnknownNameError for an unknown
 *   option, data format or version
 */
export function standardization(options: StandardizationOptions = {}): Standardization {
  checkNames('standardization option', Object.keys(options), NAMES);
  const { rescale, zcaEpsilon = 1e-6, dataFormat = 'channelsLast', compat } = options;
  const { zcaWhitening = false, samplewiseStdNormalization = false, featurewiseStdNormalization = false } = options;
  checkNames('data format', [dataFormat], DATA_FORMATS);
  const kerasCompat = isKerasCompat(compat);
  if (!Number.isFinite(rescale ?? 1)) {
    throw new InvalidArgumentError(`rescale is ${rescale}: give a factor, or null for none.`);
  }
  if (!(zcaEpsilon > 0 && zcaEpsilon < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError(`zcaEpsilon is ${zcaEpsilon}: give a small number above 0.`);
  }
  checkTypes(options);
  if (!kerasCompat) checkContradictions(options);
  return {
    preprocessingFunction: options.preprocessingFunction ?? null,
    rescale: rescale || 1,
    samplewiseCenter: samplewiseStdNormalization || (options.samplewiseCenter ?? false),
    samplewiseStdNormalization,
    featurewiseCenter: zcaWhitening || featurewiseStdNormalization || (options.featurewiseCenter ?? false),
    featurewiseStdNormalization: featurewiseStdNormalization && !zcaWhitening,
    zcaWhitening,
    zcaEpsilon,
    dataFormat,
  };
}

function checkTypes(options: StandardizationOptions): void {
  const wrong = FLAGS.find(name => !['undefined', 'boolean'].includes(typeof options[name]));
  if (wrong !== undefined) {
    throw new InvalidArgumentError(`${wrong} is ${JSON.stringify(options[wrong])}: give true or false.`);
  }
  const { preprocessingFunction } = options;
  if (preprocessingFunction !== undefined && typeof preprocessingFunction !== 'function') {
    throw new InvalidArgumentError(
      `preprocessingFunction is ${JSON.stringify(preprocessingFunction)}: give a function from picture to picture.`,
    );
  }
}

function checkContradictions(options: StandardizationOptions): void {
  const refuse = (name: string, other: string, why: string): never => {
    throw new InvalidArgumentError(`${name} and ${other} contradict each other: ${why}. Leave one of them out.`);
  };
  const { zcaWhitening, samplewiseStdNormalization, featurewiseStdNormalization, zcaEpsilon } = options;
  const { featurewiseCenter, samplewiseCenter } = options;
  if (zcaWhitening && featurewiseStdNormalization) {
    refuse('zcaWhitening', 'featurewiseStdNormalization', 'whitening gives every direction its own unit deviation');
  }
  const needsCentre = 'it works on centred values';
  if (zcaWhitening && featurewiseCenter === false) refuse('zcaWhitening', 'featurewiseCenter: false', needsCentre);
  if (featurewiseStdNormalization && featurewiseCenter === false) {
    refuse('featurewiseStdNormalization', 'featurewiseCenter: false', needsCentre);
  }
  if (samplewiseStdNormalization && samplewiseCenter === false) {
    refuse('samplewiseStdNormalization', 'samplewiseCenter: false', needsCentre);
  }
  if (zcaEpsilon !== undefined && zcaWhitening === false) {
    refuse('zcaEpsilon', 'zcaWhitening: false', 'nothing is whitened');
  }
}
