import { FileFormatError } from '../../error/fileFormatError.js';
import { nearest } from '../../error/nearest.js';
import { UnsupportedModelError } from '../../error/unsupportedModelError.js';
import { isRegistered } from './isRegistered.js';
import { isModelClass, type KerasLayer, type KerasObject, layerName } from './kerasConfig.js';
import { kerasLayerClass, kerasLayers } from './kerasLayers.js';
import { isOperation, PAIR_OPERATIONS, takesPairs } from './operations.js';

export interface KerasFile {
  /** Names the file in messages. */
  readonly origin: string;
}

function refuseOperation(layer: KerasLayer, file: KerasFile): void {
  if (!isOperation(layer) || takesPairs(layer)) return;
  throw unsupported(
    file,
    layer,
    `it is an operation of keras.ops, of which ${PAIR_OPERATIONS.join(', ')} of two tensors of as many axes, those of a ` +
      'tensor and a number, and activations are known here. Build the model of layers alone: Reshape, Concatenate, Dot, … in ' +
      'place of operators and functions',
  );
}

/**
 * Whether a layer or model can be built at all; its options are another matter.
 *
 * @throws UnsupportedModelError where its class isn't known here, computes otherwise or holds code, or it is an operation
 */
export function refuseLayer(layer: KerasLayer, file: KerasFile): void {
  refuseOperation(layer, file);
  refuseUnknownClass(layer, file);
}

function refuseUnknownClass(layer: KerasObject, file: KerasFile): void {
  const { class_name } = layer;
  if (isModelClass(class_name)) return;
  const { refused, missing } = kerasLayerClass(class_name === '__lambda__' ? 'Lambda' : class_name);
  if (refused !== undefined) throw unsupported(file, layer, refused);
  if (isRegistered(class_name)) return;
  const register = registerHint(class_name, missing === undefined ? 'its' : 'a');
  if (missing !== undefined) throw unsupported(file, layer, `${missing}. If you have it yourself, ${register}`);
  const suggestion = nearest(class_name, Object.keys(kerasLayers));
  const hint = suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`;
  throw unsupported(file, layer, `unknown layer class '${class_name}'${hint}. If it is your own, ${register}`);
}

/** How a class of the user's own is made known. */
export const registerHint = (className: string, whose: 'its' | 'a' = 'its'): string =>
  `call tf.serialization.registerClass with ${whose} tfjs class (static className = '${className}') before loading`;

/** Of a config that no model can be made of. */
export const damaged = ({ origin }: KerasFile, model: KerasObject, layer: string, problem: string): FileFormatError =>
  new FileFormatError(
    `${origin}: ${model.class_name} '${layerName(model)}'${layer === '' ? '' : `, layer '${layer}'`}: ${problem}. The file is ` +
      'damaged, or was changed by hand: save the model anew.',
  );

export const unsupported = ({ origin }: KerasFile, layer: KerasObject, problem: string): UnsupportedModelError =>
  new UnsupportedModelError(`${origin}: ${layer.class_name} '${layerName(layer)}': ${problem}.`);
