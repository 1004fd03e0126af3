import { describe, expect, it } from 'vitest';
import type { Operation, Output } from '../../../src/graph/graph.js';
import { type RewriteContext, rewriteRules } from '../../../src/graph/rewriteRules.js';
import { DataType } from '../../../src/native/dataType.js';
import { AttributeType, typeAttribute } from '../../../src/native/executor.js';

/** A graph on paper: knows shapes only as far as the rules need them. */
class PaperGraph implements RewriteContext {
  readonly added: Operation[] = [];
  private readonly producers = new Map<bigint, Operation>();
  private next = 1n;

  input(...shape: number[]): Output {
    return { oper: this.next++, index: 0, shape, dtype: DataType.float32 };
  }

  producer(output: Output): Operation | undefined {
    return this.producers.get(output.oper);
  }

  constant(values: Int32Array): Output {
    const output = { ...this.input(values.length), dtype: DataType.int32 };
    this.producers.set(output.oper, { type: 'Const', value: values });
    return output;
  }

  /** As the tracer does it: the first rule that fits. */
  add(operation: Operation): Output[] {
    for (const rule of rewriteRules) {
      const outputs = rule(operation, this);
      if (outputs !== undefined) return outputs;
    }
    this.added.push(operation);
    const output = this.input(...this.shapeOf(operation));
    this.producers.set(output.oper, operation);
    return [output];
  }

  reshape(x: Output, ...shape: number[]): Output {
    const attributes = [typeAttribute('T', DataType.float32)];
    return this.add({ type: 'Reshape', attributes, inputs: [x, this.constant(Int32Array.from(shape))] })[0];
  }

  get types(): string[] {
    return this.added.map(({ type }) => type);
  }

  private shapeOf({ type, inputs = [] }: Operation): readonly number[] {
    const [a, b] = inputs as Output[];
    if (type === 'Reshape') return [...(this.producer(b)?.value ?? [])];
    if (type === 'MatMul' || type === 'BatchMatMulV2') return [...a.shape.slice(0, -1), b.shape.at(-1) as number];
    return a.shape;
  }
}

const product = (graph: PaperGraph, a: Output, b: Output, [adjointA, adjointB] = [false, false]): Output =>
  graph.add({
    type: 'BatchMatMulV2',
    attributes: [
      { name: 'adj_x', type: AttributeType.bool, value: adjointA },
      { name: 'adj_y', type: AttributeType.bool, value: adjointB },
    ],
    inputs: [a, b],
  })[0];

const matrix = (graph: PaperGraph): Output => product(graph, graph.input(4, 5), graph.input(5, 4));

describe('rewrite rules', () => {
  it.each<[[boolean, boolean]]>([[[true, false]], [[false, true]]])(
    'multiply two matrices as matrices, transposed: %j',
    transposed => {
      const graph = new PaperGraph();
      product(graph, graph.input(4, 5), graph.input(5, 6), transposed);
      expect(graph.types).toEqual(['MatMul']);
      const flags = ['transpose_a', 'transpose_b'].map(flag =>
        graph.added[0].attributes?.find(({ name }) => name === flag),
      );
      expect(flags.map(flag => flag?.value)).toEqual(transposed);
    },
  );

  it.each([
    [
      [2, 4, 5],
      [2, 5, 6],
    ],
    [
      [1, 4, 5],
      [2, 5, 6],
    ],
    [
      [4, 5],
      [2, 5, 6],
    ],
    [
      [1, 2, 4, 5],
      [1, 2, 5, 6],
    ],
  ])('leave real batches of matrices alone: %j · %j', (a, b) => {
    const graph = new PaperGraph();
    product(graph, graph.input(...a), graph.input(...b));
    expect(graph.types).toEqual(['BatchMatMulV2']);
  });

  it('turn a dense layer as tfjs writes it into product, bias and activation side by side', () => {
    const graph = new PaperGraph();
    const [x, w, b] = [graph.input(4, 5), graph.input(5, 6), graph.input(6)];
    const y = product(graph, graph.reshape(x, 1, 4, 5), graph.reshape(w, 1, 5, 6));
    const [sum] = graph.add({ type: 'Add', inputs: [y, b] });
    const [active] = graph.add({ type: 'Relu', inputs: [sum] });
    const end = graph.reshape(active, 4, 6);
    const chain = (output: Output): string[] => {
      const operation = graph.producer(output);
      return operation === undefined ? [] : [...chain(operation.inputs?.[0] as Output), operation.type];
    };
    expect(chain(end)).toEqual(['MatMul', 'BiasAdd', 'Relu']);
    expect(end.shape).toEqual([4, 6]);
  });

  it.each([
    ['a vector', (graph: PaperGraph) => graph.input(3)],
    ['a reshaped vector', (graph: PaperGraph) => graph.reshape(graph.input(3), 1, 1, 1, 3)],
  ])('add %s to a convolution as a bias', (_, bias) => {
    const graph = new PaperGraph();
    const [y] = graph.add({ type: 'Conv2D', inputs: [graph.input(2, 8, 8, 3), graph.input(3, 3, 3, 3)] });
    graph.add({ type: 'AddV2', inputs: [y, bias(graph)] });
    expect(graph.types.at(-1)).toBe('BiasAdd');
  });

  it('leave a bias of more axes alone, which the sum then has, too', () => {
    const graph = new PaperGraph();
    const y = product(graph, graph.input(2, 3), graph.input(3, 4));
    graph.add({ type: 'AddV2', inputs: [y, graph.reshape(graph.input(4), 1, 1, 4)] });
    expect(graph.types.at(-1)).toBe('AddV2');
  });

  it.each<[string, (graph: PaperGraph) => Output[]]>([
    ['of another length', graph => [matrix(graph), graph.input(1)]],
    ['that is a matrix', graph => [matrix(graph), graph.input(4, 4)]],
    ['that was a vector and is a matrix', graph => [matrix(graph), graph.reshape(graph.input(16), 4, 4)]],
    ['that is a column', graph => [matrix(graph), graph.reshape(graph.input(4), 4, 1)]],
    ['of other columns than the product has', graph => [graph.reshape(matrix(graph), 8, 2), graph.input(2)]],
    ['of whole numbers', graph => [{ ...matrix(graph), dtype: DataType.int32 }, graph.input(4)]],
    ['behind no product', graph => [graph.input(4, 4), graph.input(4)]],
  ])('leave a sum alone: %s', (_, inputs) => {
    const graph = new PaperGraph();
    graph.add({ type: 'AddV2', inputs: inputs(graph) });
    expect(graph.types.at(-1)).toBe('AddV2');
  });

  it('give a sum and an activation behind a reshape its shape', () => {
    const graph = new PaperGraph();
    const y = graph.reshape(matrix(graph), 2, 2, 4);
    const [sum] = graph.add({ type: 'AddV2', inputs: [y, graph.input(4)] });
    const [active] = graph.add({ type: 'Relu', inputs: [sum] });
    expect([sum, active].map(({ shape }) => shape)).toEqual([
      [2, 2, 4],
      [2, 2, 4],
    ]);
    expect(graph.types.filter(type => type !== 'Reshape')).toEqual(['MatMul', 'BiasAdd', 'Relu']);
  });

  it('drop reshapes that cancel each other', () => {
    const graph = new PaperGraph();
    const x = graph.input(4, 6);
    expect(graph.reshape(graph.reshape(x, 24), 4, 6)).toBe(x);
    expect(graph.reshape(x, 4, 6)).toBe(x);
    const twice = graph.reshape(graph.reshape(x, 24), 2, 12);
    expect(graph.producer(twice)?.inputs?.[0]).toBe(x);
  });

  it.each(['MaxPool', 'MaxPool3D'])('compute ReLU of what %s leaves', type => {
    const graph = new PaperGraph();
    const x = graph.input(2, 4, 4, 3);
    const [relu] = graph.add({ type: 'Relu', inputs: [x] });
    graph.add({ type, inputs: [relu] });
    expect(graph.types).toEqual(['Relu', type, 'Relu']);
    expect(graph.added[1].inputs).toEqual([x]);
  });

  it('leave ReLU before an average', () => {
    const graph = new PaperGraph();
    const [relu] = graph.add({ type: 'Relu', inputs: [graph.input(2, 4, 4, 3)] });
    graph.add({ type: 'AvgPool', inputs: [relu] });
    expect(graph.types).toEqual(['Relu', 'AvgPool']);
  });

  it.each([
    ['Conv2D', 'FusedBatchNorm', 'Tanh', ['Neg', 'Tanh', 'Neg']],
    ['Conv2D', 'FusedBatchNormV3', 'Tanh', ['Neg', 'Tanh', 'Neg']],
    ['Conv2D', 'FusedBatchNorm', 'Elu', ['Elu']],
    ['Conv2D', 'Relu', 'Tanh', ['Tanh']],
    ['MatMul', 'FusedBatchNorm', 'Tanh', ['Tanh']],
  ])('of %s, %s and %s make %j', (product, normalization, activation, expected) => {
    const graph = new PaperGraph();
    let x = graph.input(2, 4, 4, 3);
    for (const type of [product, normalization, activation]) [x] = graph.add({ type, inputs: [x, x] });
    expect(graph.types).toEqual([product, normalization, ...expected]);
  });
});
