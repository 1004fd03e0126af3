import { isRecord } from '../../text/json.js';
import { snakeCase } from '../snakeCase.js';
import { isRegistered } from './isRegistered.js';
import { isModelClass, type KerasLayer, kerasTensors, layerName } from './kerasConfig.js';
import { kerasLayers } from './kerasLayers.js';

/** Operations that do what the layer of the same name does, where they are given two tensors of as many axes. */
export const PAIR_OPERATIONS: readonly string[] = ['Add', 'Maximum', 'Minimum', 'Multiply', 'Subtract'];

/** Functions of one tensor that an Activation layer has by the same name. */
const FUNCTIONS: readonly string[] = [
  ...['HardSigmoid', 'HardSilu', 'LogSigmoid', 'Relu', 'Relu6', 'Selu'],
  ...['Sigmoid', 'Silu', 'Softplus', 'Softsign', 'Tanh'],
];

/** `scale · x + offset`, of a tensor and a number in this order, and in the other. */
type Rescaling = readonly [scale: number, offset: number];
const RESCALINGS: Readonly<Record<string, readonly [(n: number) => Rescaling, ((n: number) => Rescaling)?]>> = {
  Add: [n => [1, n], n => [1, n]],
  Subtract: [n => [1, -n], n => [-1, n]],
  Multiply: [n => [n, 0], n => [n, 0]],
  Divide: [n => [1 / n, 0]],
  TrueDivide: [n => [1 / n, 0]],
};

/**
 * Functions of `keras.ops` and Python's operators stand in Keras 3's list of layers, some by a layer's name. A `.keras` file
 * says from which module they are; in an `.h5` file, they lack what every layer's config has.
 */
export function isOperation({ class_name, module, config, inbound_nodes }: KerasLayer): boolean {
  if (typeof module === 'string') return /^keras(\.src)?\.ops\b/.test(module);
  const own = isRegistered(class_name) && !Object.hasOwn(kerasLayers, class_name);
  return (
    isRecord(inbound_nodes?.[0]) && !isModelClass(class_name) && !own && !('trainable' in config || 'dtype' in config)
  );
}

/** Whether an operation takes two tensors of as many axes wherever it is called. */
export function takesPairs({ class_name, inbound_nodes = [] }: KerasLayer): boolean {
  const isPair = (node: unknown): boolean => {
    const args = isRecord(node) ? node.args : null;
    const ranks = kerasTensors(args).map(({ config }) =>
      Array.isArray(config.shape) ? config.shape.length : Number.NaN,
    );
    return Array.isArray(args) && args.length === 2 && ranks.length === 2 && ranks[0] === ranks[1];
  };
  return PAIR_OPERATIONS.includes(class_name) && inbound_nodes.every(isPair);
}

/**
 * The layer that does what an operation of one tensor does: Rescaling for `x * 2` or `1 - x`, Activation for `relu(x)`. Anything
 * else comes back as it is.
 */
export function asLayer(operation: KerasLayer): KerasLayer {
  const [node, ...more] = operation.inbound_nodes ?? [];
  if (!isOperation(operation) || more.length > 0 || !isRecord(node) || !Array.isArray(node.args)) return operation;
  const tensors = node.args.filter(isTensor);
  const found = tensors.length === 1 ? layerOf(operation, node.args) : null;
  if (found === null) return operation;
  const name = layerName(operation);
  const inbound_nodes = [{ args: tensors, kwargs: {} }];
  return { ...found, name, config: { name, dtype: 'float32', ...found.config }, inbound_nodes };
}

type Found = Pick<KerasLayer, 'class_name' | 'config'>;

function layerOf({ class_name, config }: KerasLayer, args: readonly unknown[]): Found | null {
  const isPlain = Object.keys(config).every(key => key === 'name');
  if (!isPlain) return null;
  if (args.length === 1 && FUNCTIONS.includes(class_name)) {
    return { class_name: 'Activation', config: { activation: snakeCase(class_name) } };
  }
  const [scaledBy, reversed] = RESCALINGS[class_name] ?? [];
  const rule = isTensor(args[0]) ? scaledBy : reversed;
  const number = args.find(arg => typeof arg === 'number');
  if (args.length !== 2 || rule === undefined || number === undefined) return null;
  const [scale, offset] = rule(number);
  return { class_name: 'Rescaling', config: { scale, offset } };
}

const isTensor = (arg: unknown): boolean => kerasTensors(arg).length === 1 && !Array.isArray(arg);
