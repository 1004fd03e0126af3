import type { StoredArray } from '../../file/storedArray.js';
import type { ModelFormat } from '../modelFormat.js';
import type { KerasObject } from './kerasConfig.js';
import type { SavedLayer, SavedWeight } from './savedLayers.js';
import type { TrainingConfig } from './trainingConfig.js';

/**
 * A model file, open: its descriptions are read, its arrays aren't. What the formats differ in ends here; what is done
 * with a model is the same for all.
 */
export interface StoredModel {
  /** Names the file in messages. */
  readonly origin: string;
  readonly format: ModelFormat;
  /** The version that wrote it, as it says itself. */
  readonly writer: string | null;
  /** Whether configs and optimizer state are in the dialect of Keras 3. */
  readonly keras3: boolean;
  /** Null in files of weights alone. */
  readonly architecture: KerasObject | null;
  readonly training: TrainingConfig | null;
  /** Every weight, in the file's order, with the name of its layer there. */
  readonly weights: readonly StoredWeight[];
  /** Iteration, learning rate and slots of the optimizer, in the file's order; empty where it holds none. */
  readonly optimizerArrays: readonly StoredArray[];
  /**
   * Says which array belongs to which weight of a model.
   *
   * @throws FileFormatError where layers or weights are missing or left over; shapes aren't compared yet
   */
  match(layers: readonly SavedLayer[]): WeightMatch[];
  close(): Promise<void>;
}

export interface StoredWeight extends StoredArray {
  readonly layer: string;
}

export interface WeightMatch {
  /** The model's name for the layer. */
  readonly layer: string;
  readonly weight: SavedWeight;
  readonly array: StoredArray;
}
