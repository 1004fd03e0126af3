import { isRecord } from '../../text/json.js';

/**
 * A thing of Keras as its JSON has it: a model, a layer, an initializer, an optimizer. Keras 3 adds `module` and
 * `registered_name`.
 */
export interface KerasObject {
  readonly class_name: string;
  readonly config: KerasConfig;
  readonly [more: string]: unknown;
}

export type KerasConfig = Readonly<Record<string, unknown>>;

/** A layer inside a model's config; functional models say what it is connected to. */
export interface KerasLayer extends KerasObject {
  readonly name?: string;
  readonly inbound_nodes?: readonly unknown[];
}

export const isKerasObject = (value: unknown): value is KerasObject =>
  isRecord(value) && typeof value.class_name === 'string' && isRecord(value.config);

/** Classes that hold layers of their own. */
export const isModelClass = (className: string): boolean => ['Sequential', 'Functional', 'Model'].includes(className);

/** The name of a layer in a config. */
export const layerName = (layer: KerasObject): string => String(layer.config.name ?? layer.name ?? layer.class_name);

/** The layers in a model's config; Keras before 2.2 has a Sequential's layers as the whole config. */
export function configLayers(model: KerasObject): readonly KerasLayer[] {
  const layers: unknown = Array.isArray(model.config) ? model.config : model.config.layers;
  return Array.isArray(layers) ? layers.filter(isKerasObject) : [];
}

/** Whether a convolution leaves pixels out between those of its kernel. */
export const isDilated = ({ dilation_rate }: KerasConfig): boolean =>
  [dilation_rate ?? 1].flat().some(rate => rate !== 1);

/** Whether filters of a convolution see a part of the channels alone. */
export const hasGroups = ({ groups }: KerasConfig): boolean => (groups ?? 1) !== 1;

/** The tensors in the arguments of a layer's call, as Keras 3 writes them. */
export function kerasTensors(value: unknown): KerasObject[] {
  if (Array.isArray(value)) return value.flatMap(kerasTensors);
  return isKerasObject(value) && value.class_name === '__keras_tensor__' ? [value] : [];
}
