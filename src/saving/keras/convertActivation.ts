import { isRecord } from '../../text/json.js';
import { isRegistered } from './isRegistered.js';
import { KERAS_HARD_SIGMOID } from './kerasActivations.js';
import { isKerasObject, type KerasLayer, type KerasObject } from './kerasConfig.js';
import { unsupported } from './kerasFileErrors.js';
import { kerasLayers } from './kerasLayers.js';
import { activationNames } from './kerasNames.js';
import type { DialectOptions } from './toTfjsConfig.js';

/** The function that a layer of Keras stands for where it is given as an activation; undefined where that isn't one of tfjs's. */
function layerAsActivation({ class_name, config }: KerasObject): unknown {
  switch (class_name) {
    case 'Activation':
      return config.activation;
    case 'ReLU': {
      const { max_value: most = null, negative_slope: slope = 0, threshold = 0 } = config;
      if (slope !== 0 || threshold !== 0) return undefined;
      return most === null ? 'relu' : most === 6 ? 'relu6' : undefined;
    }
    case 'ELU':
      return (config.alpha ?? 1) === 1 ? 'elu' : undefined;
    case 'Softmax':
      return (config.axis ?? -1) === -1 ? 'softmax' : undefined;
    default:
      return undefined;
  }
}

/** Keras 3 writes a function of the user's own as `{class_name: 'function', config: 'package>name'}`. */
function nameOf(value: unknown): unknown {
  if (!isRecord(value)) return value;
  if (typeof value.config === 'string') return value.config.replace(/^.*>/, '');
  return isKerasObject(value) ? (value.config.name ?? value.class_name) : value;
}

/**
 * An activation of a layer's config as tfjs knows it: a name, or null for none.
 *
 * @throws UnsupportedModelError where it isn't known here, or is a layer that no function stands for
 */
export function convertActivation(value: unknown, layer: KerasLayer, options: DialectOptions): unknown {
  if (isKerasObject(value) && Object.hasOwn(kerasLayers, value.class_name)) {
    const known = layerAsActivation(value);
    if (known !== undefined) return convertActivation(known, layer, options);
    const { class_name, config } = value;
    throw unsupported(
      options,
      layer,
      `its activation is a layer ${class_name} ${JSON.stringify(config)}; put that layer behind it`,
    );
  }
  const name = nameOf(value);
  if (name === null || name === undefined) return null;
  if (typeof name !== 'string') throw unsupported(options, layer, `its activation is ${JSON.stringify(value)}`);
  if (name === 'hard_sigmoid' && options.keras3) return KERAS_HARD_SIGMOID;
  const known = Object.hasOwn(activationNames, name) ? activationNames[name] : name;
  const camelCase = known.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
  if (!isRegistered(camelCase)) {
    throw unsupported(
      options,
      layer,
      `unknown activation '${name}'. If it is your own, make a class with 'static className = "${camelCase}"' and an ` +
        `'apply(x)' known by tf.serialization.registerClass before loading`,
    );
  }
  return known;
}
