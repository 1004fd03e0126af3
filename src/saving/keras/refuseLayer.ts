import { nearest } from '../../error/nearest.js';
import { isRegistered } from './isRegistered.js';
import { isModelClass, type KerasLayer, type KerasObject } from './kerasConfig.js';
import { type KerasFile, registerHint, unsupported } from './kerasFileErrors.js';
import { kerasLayerClass, kerasLayers } from './kerasLayers.js';
import { isOperation, PAIR_OPERATIONS, takesPairs } from './operations.js';

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
