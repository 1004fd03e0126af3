import '@tensorflow/tfjs-backend-cpu';
import { input, type LayersModel, layers, model as modelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { modelEnd } from '../../../src/layer/finalActivation.js';

const applied = (layer: layers.Layer, x: SymbolicTensor): SymbolicTensor => layer.apply(x) as SymbolicTensor;
const softmax = (x: SymbolicTensor): SymbolicTensor => applied(layers.dense({ units: 3, activation: 'softmax' }), x);
const sigmoid = (x: SymbolicTensor): SymbolicTensor => applied(layers.dense({ units: 1, activation: 'sigmoid' }), x);
const linear = (x: SymbolicTensor): SymbolicTensor => applied(layers.dense({ units: 2 }), x);
const dropout = (x: SymbolicTensor): SymbolicTensor => applied(layers.dropout({ rate: 0.5 }), x);

/** The activations that a model ends in, output by output. */
function endsOf(outputsOf: (x: SymbolicTensor) => SymbolicTensor[], training = true): (string | null)[] {
  const x = input({ shape: [4] });
  const model: LayersModel = modelOf({ inputs: x, outputs: outputsOf(x) });
  return model.outputs.map((_, index) => modelEnd(model, index, training)?.activation ?? null);
}

describe('modelEnd', () => {
  it('finds each output’s own activation', () => {
    expect(endsOf(x => [softmax(x), linear(x), sigmoid(x)])).toEqual(['softmax', null, 'sigmoid']);
  });

  it('leaves an activation alone that leads to another output, or is one twice', () => {
    expect(
      endsOf(x => {
        const first = softmax(x);
        return [first, sigmoid(first)];
      }),
    ).toEqual([null, 'sigmoid']);
    expect(
      endsOf(x => {
        const first = softmax(x);
        return [first, first];
      }),
    ).toEqual([null, null]);
  });

  it('looks through what changes nothing in inference mode, but not through another output', () => {
    expect(endsOf(x => [dropout(softmax(x)), linear(x)], false)).toEqual(['softmax', null]);
    expect(
      endsOf(x => {
        const first = softmax(x);
        return [dropout(first), first];
      }, false),
    ).toEqual([null, null]);
  });

  it('looks into a model within the model that has several outputs', () => {
    const z = input({ shape: [4] });
    const probabilities = softmax(z);
    const inner = modelOf({ inputs: z, outputs: [linear(z), probabilities, sigmoid(probabilities)] });
    expect(endsOf(x => inner.apply(x) as SymbolicTensor[])).toEqual([null, null, 'sigmoid']);
  });
});
