import { type CheckpointOptions, checkpoint } from '../../src/policy/checkpoint.js';
import { type EarlyStoppingOptions, earlyStopping } from '../../src/policy/earlyStopping.js';
import type { Policy } from '../../src/policy/policy.js';
import { type PlateauOptions, reduceLearningRateOnPlateau } from '../../src/policy/reduceLearningRateOnPlateau.js';
import { camelCaseKeys } from '../../src/text/camelCaseKeys.js';

/** Constructor options of a Keras callback by their Keras names. */
export type KerasOptions = Readonly<Record<string, unknown>>;

/** ReduceLROnPlateau, with Keras's way of writing the rate. */
export function plateauFrom(options: KerasOptions): Policy {
  const { minLr, ...rest } = camelCaseKeys(options);
  const named = minLr === undefined ? rest : { ...rest, minLearningRate: minLr };
  return reduceLearningRateOnPlateau({ ...(named as PlateauOptions), apply: 'overwrite' });
}

/** EarlyStopping. */
export function earlyStoppingFrom(options: KerasOptions): Policy {
  return earlyStopping(camelCaseKeys(options) as EarlyStoppingOptions);
}

/** ModelCheckpoint. */
export function checkpointFrom({ filepath, ...options }: KerasOptions): Policy {
  return checkpoint(String(filepath), { ...(camelCaseKeys(options) as CheckpointOptions), compat: 'keras-3.15' });
}
