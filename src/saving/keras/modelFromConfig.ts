import type * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, layers, models } from '@tensorflow/tfjs-layers';
import { sizeOf } from '../../array/hostArray.js';
import { FileFormatError } from '../../error/fileFormatError.js';
import { UnsupportedModelError } from '../../error/unsupportedModelError.js';
import { innerLayers } from '../../layer/innerLayers.js';
import { registerLayers } from '../../layer/registerLayers.js';
import { provideTensorMethods } from '../../native/provideTensorMethods.js';
import { requireBackend } from '../../native/requireBackend.js';
import { registerKerasActivations } from './kerasActivations.js';
import type { KerasObject } from './kerasConfig.js';
import { operationNames, refuseGraphMasks } from './refuseGraphMasks.js';
import { SafeNames } from './safeNames.js';
import { type DialectOptions, toTfjsConfig } from './toTfjsConfig.js';

interface BuildOptions extends DialectOptions {
  /**
   * Numbers that the file stores for the model. A config that asks for more is refused before memory is taken. Weights
   * are made as zeros then, to be overwritten. Absent: weights are drawn as their initializers say, without a limit.
   */
  readonly stored?: number;
}

/**
 * Builds a tfjs model from a model's config in any dialect of Keras.
 *
 * @throws UnsupportedModelError, FileFormatError: the message names the layer
 */
export async function modelFromConfig(config: KerasObject, options: BuildOptions): Promise<LayersModel> {
  requireBackend();
  registerKerasActivations();
  registerLayers();
  provideTensorMethods();
  const names = new SafeNames();
  const { origin, stored, keras3 } = options;
  try {
    const tfjsConfig = names.renamed(toTfjsConfig(config, options));
    const build = (): Promise<LayersModel> => models.modelFromJSON(tfjsConfig as never);
    const model = await (stored === undefined ? build() : withZeroWeights(stored, origin, build));
    for (const { layer } of innerLayers(model)) names.restore(layer);
    try {
      mendAxes(model, origin);
      refuseGraphMasks(model, { origin, keras3, operations: new Set(operationNames(config)) });
    } catch (error) {
      model.dispose();
      throw error;
    }
    return model;
  } catch (error) {
    if (error instanceof FileFormatError || error instanceof UnsupportedModelError) throw error;
    const { message } = error as Error;
    throw new UnsupportedModelError(
      `${origin}: tfjs can't build the model: ${message.replace(/\.$/, '') || 'its config is damaged'}. Where Keras itself opens the file, tell ` +
        'us; else save it anew.',
      { cause: error },
    );
  }
}

/** What tfjs looks at a layer's axis for, and only when it is called. */
interface AlongAxis extends layers.Layer {
  axis: number;
}

/**
 * Counts negative axes of Concatenate layers from the front: tfjs takes each for the last one.
 *
 * @throws UnsupportedModelError where a Softmax isn't along the last axis, which tfjs can't compute
 */
function mendAxes(model: LayersModel, origin: string): void {
  for (const { layer } of innerLayers(model)) {
    const className = layer.getClassName();
    if (className !== 'Concatenate' && className !== 'Softmax') continue;
    const along = layer as AlongAxis;
    const { length: rank } = [along.inboundNodes[0].inputShapes[0]].flat();
    if (className === 'Concatenate' && along.axis < 0) along.axis += rank;
    if (className === 'Softmax' && along.axis !== -1 && along.axis !== rank - 1) {
      throw new UnsupportedModelError(
        `${origin}: Softmax '${layer.name}': its axis is ${along.axis} of ${rank}; tfjs computes it along the last one. Put a Permute ` +
          'layer before it and one behind it.',
      );
    }
  }
}

type AddWeight = (
  this: layers.Layer,
  name: string,
  shape: number[],
  dtype: tf.DataType,
  ...rest: unknown[]
) => { dispose(): void };

/**
 * What a config may ask for beyond what the file stores: so much that an honest mistake is told by the comparison of
 * shapes afterwards, which says more, and so little that it does no harm.
 */
const allowance = (stored: number): number => 2 * stored + 1_000_000;

/**
 * Runs `build`, which must do all its work synchronously, with every new weight a zero. tfjs allocates and draws a
 * layer's weights as soon as the layer is connected, and offers no place to step in but this method.
 */
function withZeroWeights<T>(stored: number, origin: string, build: () => Promise<T>): Promise<T> {
  const prototype = layers.Layer.prototype as unknown as { addWeight: AddWeight };
  const { addWeight } = prototype;
  const made: { dispose(): void }[] = [];
  let left = allowance(stored);
  prototype.addWeight = function (name, shape, dtype, _initializer, ...rest) {
    left -= sizeOf(shape);
    if (!(left >= 0)) {
      throw new FileFormatError(
        `${origin}: layer '${this.name}': its ${name} would have shape [${shape}], ` +
          `but the file stores only ${stored} numbers for all weights together.`,
      );
    }
    const weight = addWeight.call(this, name, shape, dtype, initializers.zeros(), ...rest);
    made.push(weight);
    return weight;
  };
  try {
    return build().catch(error => {
      for (const weight of made) weight.dispose();
      throw error;
    });
  } finally {
    prototype.addWeight = addWeight;
  }
}
