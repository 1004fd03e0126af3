import { DataType } from '../native/dataType.js';
import { boolAttribute, type OpAttribute, typeAttribute } from '../native/executor.js';
import type { Operation, Output } from './graph.js';
import { type OperationSink, reshape, sameShape } from './operationSink.js';

/** What a rule may ask and do. */
export interface RewriteContext extends OperationSink {
  /** The operation that made an output; undefined for what was there before. */
  producer(output: Output): Operation | undefined;
  /** Adds an operation, to which the rules apply again. */
  add(operation: Operation): Output[];
}

/** Puts something equal in an operation's place that can be fused; undefined: leaves it alone. */
export type RewriteRule = (operation: Operation, context: RewriteContext) => Output[] | undefined;

/**
 * `fused.matMul` of tfjs makes a batch of one of each pair of matrices, and multiplies batches; only `MatMul` is fused with
 * what follows it.
 */
const plainMatMul: RewriteRule = ({ type, attributes = [], inputs = [] }, context) => {
  if (type !== 'BatchMatMulV2') return undefined;
  const [a, b] = inputs as Output[];
  const matrices = a.shape.length === 2 && b.shape.length === 2;
  if (!matrices && !(isBatchOfOne(a) && isBatchOfOne(b))) return undefined;
  const product = context.add({
    type: 'MatMul',
    attributes: [
      typeAttribute('T', a.dtype),
      boolAttribute('transpose_a', attributeValue(attributes, 'adj_x') === true),
      boolAttribute('transpose_b', attributeValue(attributes, 'adj_y') === true),
    ],
    inputs: matrices ? [a, b] : [reshape(a, a.shape.slice(1), context), reshape(b, b.shape.slice(1), context)],
  });
  return matrices ? product : [reshape(product[0], [1, ...product[0].shape], context)];
};

/**
 * A bias added to the last axis: as `BiasAdd` it is fused into the convolution or product before it, and its gradient
 * becomes one reduction instead of a general broadcast's.
 */
const biasAdd: RewriteRule = ({ type, inputs = [] }, context) => {
  if (type !== 'AddV2' && type !== 'Add') return undefined;
  const [x, y] = inputs as Output[];
  if (y.shape.length > x.shape.length) return undefined;
  const { source, restore } = behindReshape(x, context);
  if (source.dtype !== DataType.float32) return undefined;
  if (source.shape.at(-1) !== x.shape.at(-1) || !products.has(context.producer(source)?.type ?? '')) return undefined;
  const bias = asVector(y, x.shape.at(-1), context);
  if (bias === undefined) return undefined;
  const [sum] = context.add({ type: 'BiasAdd', attributes: [typeAttribute('T', x.dtype)], inputs: [source, bias] });
  return [restore(sum)];
};

/** An activation of a reshaped tensor: the reshape waits, so that the activation stays next to its product. */
const activationBeforeReshape: RewriteRule = (operation, context) => {
  const { type, inputs = [] } = operation;
  if (!activations.has(type)) return undefined;
  const [x] = inputs as Output[];
  const { source, restore } = behindReshape(x, context);
  if (source === x || !fusable.has(context.producer(source)?.type ?? '')) return undefined;
  const [y] = context.add({ ...operation, inputs: [source] });
  return [restore(y)];
};

/** The largest of what ReLU left is what ReLU leaves of the largest, and there are fewer of them. */
const poolingBeforeRelu: RewriteRule = (operation, context) => {
  const { type, inputs = [] } = operation;
  if (type !== 'MaxPool' && type !== 'MaxPool3D') return undefined;
  const producer = context.producer(inputs[0] as Output);
  if (producer?.type !== 'Relu') return undefined;
  const [largest] = context.add({ ...operation, inputs: producer.inputs ?? [] });
  return context.add({ ...producer, inputs: [largest] });
};

/**
 * Tanh behind a convolution and its normalization is computed as −tanh(−x), to the same bits: where TensorFlow's own rewriting makes
 * one operation of the three, it has no kernel for it.
 */
const tanhApart: RewriteRule = ({ type, attributes = [], inputs = [] }, context) => {
  if (type !== 'Tanh') return undefined;
  const [x] = inputs as Output[];
  const normalization = context.producer(x);
  if (!normalization?.type.startsWith('FusedBatchNorm')) return undefined;
  if (context.producer(normalization.inputs?.[0] as Output)?.type !== 'Conv2D') return undefined;
  const negative = (y: Output): Output => context.add({ type: 'Neg', attributes, inputs: [y] })[0];
  return [negative(context.add({ type, attributes, inputs: [negative(x)] })[0])];
};

/** A reshape of a reshape, and a reshape to the shape that is there already. */
const needlessReshape: RewriteRule = ({ type, attributes = [], inputs = [] }, context) => {
  if (type !== 'Reshape') return undefined;
  const [x, shape] = inputs as Output[];
  const target = context.producer(shape)?.value;
  if (target === undefined) return undefined;
  const { source } = behindReshape(x, context);
  if (sameShape(source.shape, target)) return [source];
  return source === x ? undefined : context.add({ type, attributes, inputs: [source, shape] });
};

/** Every rule, in the order in which they are tried. */
export const rewriteRules: readonly RewriteRule[] = [
  plainMatMul,
  biasAdd,
  activationBeforeReshape,
  poolingBeforeRelu,
  tanhApart,
  needlessReshape,
];

const products = new Set(['MatMul', 'Conv2D', 'DepthwiseConv2dNative', 'Conv3D']);
const fusable = new Set([...products, 'BiasAdd']);
const activations = new Set(['Relu', 'Relu6', 'Elu', 'Selu', 'Sigmoid', 'Tanh', 'Softplus', 'LeakyRelu']);

const isBatchOfOne = ({ shape }: Output): boolean => shape.length === 3 && shape[0] === 1;

/** What was reshaped to give `x`, and how to bring a tensor of its shape into x's; `x` itself where nothing was. */
function behindReshape(x: Output, context: RewriteContext): { source: Output; restore(y: Output): Output } {
  const producer = context.producer(x);
  if (producer?.type !== 'Reshape') return { source: x, restore: y => y };
  return { source: producer.inputs?.[0] as Output, restore: y => reshape(y, x.shape, context) };
}

/** `y` itself, or what it was reshaped from, where that is a vector of the given length. */
function asVector(y: Output, length: number | undefined, context: RewriteContext): Output | undefined {
  if (y.shape.at(-1) !== length) return undefined;
  const { source } = behindReshape(y, context);
  return source.shape.length === 1 && source.shape[0] === length ? source : undefined;
}

const attributeValue = (attributes: readonly OpAttribute[], name: string): unknown =>
  attributes.find(attribute => attribute.name === name)?.value;
