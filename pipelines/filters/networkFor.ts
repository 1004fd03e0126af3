import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { DownloadProgress } from '../../src/file/download.js';
import { type NetworkPart, networkPart } from '../../src/filters/networkPart.js';
import { vgg16, vgg19 } from '../../src/model/vgg.js';
import { vggWeights } from '../../src/model/vggWeights.js';
import { loadModel } from '../../src/saving/loadModel.js';
import { loadWeightsByName } from '../../src/saving/loadWeightsByName.js';

export interface NetworkOptions {
  readonly layer: string;
  /** A whole model from a file, instead of a VGG. */
  readonly model?: string;
  /** Which VGG. Default: vgg16. */
  readonly network?: 'vgg16' | 'vgg19';
  /** The VGG's weights, a Keras file with or without top. Default: the cache, else a download. */
  readonly weights?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/**
 * The network up to a convolution layer, with its weights; of a VGG no more than that is built and read.
 *
 * @throws UnknownNameError, InvalidArgumentError, FileFormatError, DownloadError
 */
export async function networkFor(options: NetworkOptions): Promise<NetworkPart> {
  const { layer, model: file, network = 'vgg16', weights, onProgress } = options;
  if (file !== undefined) return partOf((await loadModel(file)).model, layer);
  const build = network === 'vgg16' ? vgg16 : vgg19;
  const part = partOf(build({ includeTop: false, inputShape: [null, null, 3], until: layer }), layer);
  try {
    await loadWeightsByName(part.model, weights ?? (await vggWeights(network, onProgress ? { onProgress } : {})));
  } catch (error) {
    part.model.dispose();
    throw error;
  }
  return part;
}

function partOf(model: LayersModel, layer: string): NetworkPart {
  try {
    return networkPart(model, layer);
  } catch (error) {
    model.dispose();
    throw error;
  }
}
