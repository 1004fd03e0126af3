import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { HostArray } from '../../array/hostArray.js';
import type { StoredData } from '../../file/storedArray.js';
import type { SavedLayer, SavedWeight } from './savedLayers.js';
import type { TrainingConfig } from './trainingConfig.js';

/** What is written into a model file, whatever its format. */
export interface ModelContents {
  readonly model: LayersModel;
  readonly layers: readonly SavedLayer[];
  /** Values of a weight, taken when it is written. */
  readWeight(weight: SavedWeight): Promise<StoredData>;
  readonly training: TrainingConfig | null;
  /** Iteration, learning rate and slots, in Keras 3's order; empty where there are none. */
  readonly optimizerArrays: readonly WrittenArray[];
}

export interface WrittenArray extends Omit<HostArray, 'data'> {
  /** Keras's name: `adam/dense_1_kernel_momentum`. */
  readonly name: string;
  readonly data: StoredData;
}

/** The version whose dialect is written. */
export const KERAS_VERSION = '3.15.1';
