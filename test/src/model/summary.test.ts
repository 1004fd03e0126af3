import '@tensorflow/tfjs-backend-cpu';
import { input, type LayersModel, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { cifar10Cnn } from '../../../src/model/cifar10Cnn.js';
import { mnistMlp } from '../../../src/model/mnistMlp.js';
import { resnet } from '../../../src/model/resnet.js';
import { summary } from '../../../src/model/summary.js';

describe('models', () => {
  it.each([
    ['the MNIST MLP', () => mnistMlp(), 669_706],
    ['the CIFAR-10 CNN', () => cifar10Cnn(), 1_250_858],
    ['ResNet20 v1', () => resnet({ n: 3, version: 1 }), 274_442],
    ['ResNet29 v2', () => resnet({ n: 3, version: 2 }), 849_002],
  ] as const)('%s has the parameters of the Keras example', (_, build, parameters) => {
    const built = build();
    expect(built.countParams()).toBe(parameters);
    built.dispose();
  });
});

/** What Keras 3.15.1 prints for the same models. */
const PRINTED = {
  graph: `Model: "functional"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
│ picture             │ (None, 32, 32, 3) │          0 │ -                 │
│ (InputLayer)        │                   │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ conv2d (Conv2D)     │ (None, 32, 32,    │        448 │ picture[0][0]     │
│                     │ 16)               │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ batch_normalization │ (None, 32, 32,    │         64 │ conv2d[0][0]      │
│ (BatchNormalizatio… │ 16)               │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ activation          │ (None, 32, 32,    │          0 │ batch_normalizat… │
│ (Activation)        │ 16)               │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ a_layer_with_a_rat… │ (None, 32, 32,    │      2,320 │ activation[0][0]  │
│ (Conv2D)            │ 16)               │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ add (Add)           │ (None, 32, 32,    │          0 │ activation[0][0], │
│                     │ 16)               │            │ a_layer_with_a_r… │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ concatenate         │ (None, 32, 32,    │          0 │ activation[0][0], │
│ (Concatenate)       │ 48)               │            │ a_layer_with_a_r… │
│                     │                   │            │ add[0][0]         │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ flatten (Flatten)   │ (None, 49152)     │          0 │ concatenate[0][0] │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ dense (Dense)       │ (None, 10)        │    491,530 │ flatten[0][0]     │
└─────────────────────┴───────────────────┴────────────┴───────────────────┘
 Total params: 494,362 (1.89 MB)
 Trainable params: 494,330 (1.89 MB)
 Non-trainable params: 32 (128.00 B)`,
  siamese: `Model: "siamese"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
│ one (InputLayer)    │ (None, 4)         │          0 │ -                 │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ two (InputLayer)    │ (None, 4)         │          0 │ -                 │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ body (Sequential)   │ (None, 2)         │         23 │ one[0][0],        │
│                     │                   │            │ two[0][0]         │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ multiply (Multiply) │ (None, 2)         │          0 │ body[0][0],       │
│                     │                   │            │ body[1][0]        │
└─────────────────────┴───────────────────┴────────────┴───────────────────┘
 Total params: 23 (92.00 B)
 Trainable params: 15 (60.00 B)
 Non-trainable params: 8 (32.00 B)`,
  body: `Model: "body"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ dense (Dense)                   │ (None, 3)              │            15 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ frozen (Dense)                  │ (None, 2)              │             8 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 23 (92.00 B)
 Trainable params: 15 (60.00 B)
 Non-trainable params: 8 (32.00 B)`,
};

const symbolic = (value: unknown): SymbolicTensor => value as SymbolicTensor;

function graph(): LayersModel {
  const picture = input({ name: 'picture', shape: [32, 32, 3] });
  const convolution = (name: string) => layers.conv2d({ name, filters: 16, kernelSize: 3, padding: 'same' });
  let x = symbolic(convolution('conv2d').apply(picture));
  x = symbolic(layers.batchNormalization({ name: 'batch_normalization' }).apply(x));
  x = symbolic(layers.activation({ name: 'activation', activation: 'relu' }).apply(x));
  const y = symbolic(convolution('a_layer_with_a_rather_long_name').apply(x));
  const sum = symbolic(layers.add({ name: 'add' }).apply([x, y]));
  const all = symbolic(layers.concatenate({ name: 'concatenate' }).apply([x, y, sum]));
  const flat = layers.flatten({ name: 'flatten' }).apply(all);
  const outputs = symbolic(layers.dense({ name: 'dense', units: 10 }).apply(symbolic(flat)));
  return model({ name: 'functional', inputs: picture, outputs });
}

const body = (): LayersModel =>
  sequential({
    name: 'body',
    layers: [
      layers.dense({ name: 'dense', units: 3, inputShape: [4] }),
      layers.dense({ name: 'frozen', units: 2, trainable: false }),
    ],
  });

function siamese(): LayersModel {
  const shared = body();
  const inputs = ['one', 'two'].map(name => input({ name, shape: [4] }));
  const both = inputs.map(x => symbolic(shared.apply(x)));
  return model({ name: 'siamese', inputs, outputs: symbolic(layers.multiply({ name: 'multiply' }).apply(both)) });
}

describe('summary prints what Keras prints', () => {
  it.each([
    ['of a Sequential', body, PRINTED.body],
    ['of a functional model with branches and long names', graph, PRINTED.graph],
    ['of a model that is called twice in another', siamese, PRINTED.siamese],
  ])('%s', (_, build, printed) => {
    const built = build();
    expect(summary(built)).toBe(printed);
    built.dispose();
  });

  it('leaves the connections out where a functional model is a mere sequence', () => {
    const x = input({ name: 'x', shape: [4] });
    const outputs = symbolic(layers.dense({ name: 'dense', units: 2 }).apply(x));
    const text = summary(model({ name: 'chain', inputs: x, outputs }));
    expect(text).not.toContain('Connected to');
    expect(text).toContain('│ x (InputLayer)                  │ (None, 4)              │             0 │');
  });
});
