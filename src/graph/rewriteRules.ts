import { DataType } from '../native/dataType.js';
import { AttributeType, type OpAttribute } from '../native/executor.js';
import type { Operation, Output } from './graph.js';

/** Looks up the operation that made an output; undefined for what was there before. */
export type Producer = (output: Output) => Operation | undefined;

/** Replaces an operation by an equal one that TensorFlow's optimizer can fuse; undefined: leaves it alone. */
export type RewriteRule = (operation: Operation, producer: Producer) => Operation | undefined;

/** Applies the first rule that fits. */
export function rewrite(operation: Operation, producer: Producer): Operation {
  for (const rule of rewriteRules) {
    const replaced = rule(operation, producer);
    if (replaced !== undefined) return replaced;
  }
  return operation;
}

/** tfjs multiplies every pair of matrices as a batch; only `MatMul` is fused with what follows. */
export const plainMatMul: RewriteRule = ({ type, attributes = [], inputs = [] }) => {
  const [a, b] = inputs as Output[];
  if (type !== 'BatchMatMulV2' || a.shape.length !== 2 || b.shape.length !== 2) return undefined;
  return {
    type: 'MatMul',
    attributes: [
      typeAttribute('T', a.dtype),
      { name: 'transpose_a', type: AttributeType.bool, value: attributeValue(attributes, 'adj_x') === true },
      { name: 'transpose_b', type: AttributeType.bool, value: attributeValue(attributes, 'adj_y') === true },
    ],
    inputs: [a, b],
  };
};

/**
 * A bias added to the last axis: as `BiasAdd` it is fused into the convolution or product before it, and its gradient
 * becomes one reduction instead of a general broadcast's.
 */
export const biasAdd: RewriteRule = ({ type, inputs = [] }, producer) => {
  if (type !== 'AddV2' && type !== 'Add') return undefined;
  const [x, y] = inputs as Output[];
  if (x.dtype !== DataType.float32 || x.shape.length < 2 || !isProductOf(x, producer)) return undefined;
  const bias = asVector(y, x.shape.at(-1), producer);
  if (bias === undefined) return undefined;
  return { type: 'BiasAdd', attributes: [typeAttribute('T', x.dtype)], inputs: [x, bias] };
};

/** Every rule, in the order in which they are tried. */
export const rewriteRules: readonly RewriteRule[] = [plainMatMul, biasAdd];

const products = new Set(['MatMul', 'Conv2D', 'DepthwiseConv2dNative', 'Conv3D']);

const isProductOf = (x: Output, producer: Producer): boolean => products.has(producer(x)?.type ?? '');

/** `y` itself, or what it was reshaped from, where that is a vector of the given length. */
function asVector(y: Output, length: number | undefined, producer: Producer): Output | undefined {
  if (y.shape.length === 1) return y.shape[0] === length ? y : undefined;
  const reshape = producer(y);
  if (reshape?.type !== 'Reshape' || y.shape.at(-1) !== length) return undefined;
  const [vector] = reshape.inputs as Output[];
  return vector.shape.length === 1 && vector.shape[0] === length ? vector : undefined;
}

export const typeAttribute = (name: string, dtype: number): OpAttribute => ({
  name,
  type: AttributeType.type,
  value: dtype,
});

const attributeValue = (attributes: readonly OpAttribute[], name: string): unknown =>
  attributes.find(attribute => attribute.name === name)?.value;
