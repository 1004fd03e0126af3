import '@tensorflow/tfjs-backend-cpu';
import { input, layers, model } from '@tensorflow/tfjs-layers';
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

describe('summary', () => {
  it('prints a Sequential as Keras does', () => {
    expect(summary(mnistMlp())).toMatchInlineSnapshot(`
      "Model: "sequential"
      ┏━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┓
      ┃ Layer (type)             ┃ Output Shape         ┃      Param # ┃
      ┡━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━┩
      │ dense (Dense)            │ (None, 512)          │      401,920 │
      ├──────────────────────────┼──────────────────────┼──────────────┤
      │ dropout (Dropout)        │ (None, 512)          │            0 │
      ├──────────────────────────┼──────────────────────┼──────────────┤
      │ dense_1 (Dense)          │ (None, 512)          │      262,656 │
      ├──────────────────────────┼──────────────────────┼──────────────┤
      │ dropout_1 (Dropout)      │ (None, 512)          │            0 │
      ├──────────────────────────┼──────────────────────┼──────────────┤
      │ dense_2 (Dense)          │ (None, 10)           │        5,130 │
      └──────────────────────────┴──────────────────────┴──────────────┘
       Total params: 669,706 (2.55 MB)
       Trainable params: 669,706 (2.55 MB)
       Non-trainable params: 0 (0.00 B)"
    `);
  });

  it('says what the layers of a functional model are connected to', () => {
    const a = input({ name: 'a', shape: [4] });
    const b = layers.dense({ name: 'b', units: 4 }).apply(a);
    const c = layers.add({ name: 'c' }).apply([a, b as typeof a]);
    expect(summary(model({ name: 'm', inputs: a, outputs: c as typeof a }))).toMatchInlineSnapshot(`
      "Model: "m"
      ┏━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━┓
      ┃ Layer (type)             ┃ Output Shape         ┃      Param # ┃ Connected to     ┃
      ┡━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━┩
      │ a (InputLayer)           │ (None, 4)            │            0 │ -                │
      ├──────────────────────────┼──────────────────────┼──────────────┼──────────────────┤
      │ b (Dense)                │ (None, 4)            │           20 │ a[0][0]          │
      ├──────────────────────────┼──────────────────────┼──────────────┼──────────────────┤
      │ c (Add)                  │ (None, 4)            │            0 │ a[0][0], b[0][0] │
      └──────────────────────────┴──────────────────────┴──────────────┴──────────────────┘
       Total params: 20 (80.00 B)
       Trainable params: 20 (80.00 B)
       Non-trainable params: 0 (0.00 B)"
    `);
  });
});
