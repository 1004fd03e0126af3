import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { sizeOf } from '../array/hostArray.js';
import { configLayers, layerName } from './keras/kerasConfig.js';
import type { TrainingConfig } from './keras/trainingConfig.js';
import type { ModelFormat } from './modelFormat.js';
import { openModelFile } from './openModelFile.js';

/** What is in a model file; plain data. */
export interface FileInspection {
  readonly file: string;
  readonly bytes: number;
  readonly format: ModelFormat;
  /** `Keras 3.15.1`; null where the file doesn't say. */
  readonly writer: string | null;
  /** Null for weights alone. */
  readonly model: { readonly class: string; readonly name: string } | null;
  /** As the architecture lists them; for weights alone, the layers that have some. */
  readonly layers: readonly InspectedLayer[];
  readonly parameters: number;
  readonly training: TrainingConfig | null;
  /** Stored state of the optimizer; null where there is none. */
  readonly optimizerState: { readonly arrays: number; readonly parameters: number } | null;
}

export interface InspectedLayer {
  readonly name: string;
  /** Null where only its weights are known. */
  readonly class: string | null;
  /** False where it is frozen. */
  readonly trainable: boolean;
  readonly parameters: number;
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/**
 * Says what is in a model file. No array is read and no model built, so that it takes no memory, needs no backend, and
 * works for layers that aren't known here.
 *
 * @throws FileFormatError where the file is damaged
 */
export async function inspectFile(file: string): Promise<FileInspection> {
  const stored = await openModelFile(file);
  try {
    const { architecture, weights, optimizerArrays, format, writer, training } = stored;
    const byLayer = new Map<string, { name: string; shape: readonly number[] }[]>();
    for (const { layer, name, shape } of weights) byLayer.set(layer, [...(byLayer.get(layer) ?? []), { name, shape }]);
    const describe = (name: string, className: string | null, trainable: boolean): InspectedLayer => {
      const own = byLayer.get(name) ?? [];
      return { name, class: className, trainable, parameters: count(own), weights: own };
    };
    return {
      file: basename(file),
      bytes: (await stat(file)).size,
      format,
      writer,
      model: architecture === null ? null : { class: architecture.class_name, name: layerName(architecture) },
      layers:
        architecture === null
          ? [...byLayer.keys()].map(name => describe(name, null, true))
          : configLayers(architecture).map(layer =>
              describe(layerName(layer), layer.class_name, layer.config.trainable !== false),
            ),
      parameters: count(weights),
      training,
      optimizerState:
        optimizerArrays.length === 0 ? null : { arrays: optimizerArrays.length, parameters: count(optimizerArrays) },
    };
  } finally {
    await stored.close();
  }
}

const count = (arrays: readonly { readonly shape: readonly number[] }[]): number =>
  arrays.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
