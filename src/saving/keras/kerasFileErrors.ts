import { FileFormatError } from '../../error/fileFormatError.js';
import { UnsupportedModelError } from '../../error/unsupportedModelError.js';
import { type KerasObject, layerName } from './kerasConfig.js';

/** What an error needs of the file that a model is read from. */
export interface KerasFile {
  /** Names the file in messages. */
  readonly origin: string;
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

/** Of a layer or model that can't be built here. */
export const unsupported = ({ origin }: KerasFile, layer: KerasObject, problem: string): UnsupportedModelError =>
  new UnsupportedModelError(`${origin}: ${layer.class_name} '${layerName(layer)}': ${problem}.`);
