import { serialization } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { registerLayers } from '../../../src/layer/registerLayers.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import type { LearnerState } from '../../../src/learner/learner.js';
import { sgd } from '../../../src/optimizer/sgd.js';
import { type LayerRow, layerBatch, layerTable, modelWithLayer } from '../../helpers/layerTable.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();
const steps = 10;

/** Layer classes that are not in the table, and why. */
const notCompiled: Readonly<Record<string, string>> = {
  Model: 'the name of Functional before it was renamed',
  ConvLSTM2DCell: 'only ConvLSTM2D takes it, which is in the table',
  Conv3DTranspose: 'tfjs has no gradient of Conv3DBackpropInputV2',
  Resizing: 'tfjs gives it a list in a model, which it refuses',
  CategoryEncoding: 'needs DenseBincount, which tfjs-node lacks, and reads its input on the host',
  RandomWidth: 'draws its width on the host; tfjs gives its output shape without the batch',
};

async function train(
  row: LayerRow,
  { compile, shards = 1 }: { readonly compile: boolean; readonly shards?: number },
): Promise<LearnerState & { readonly warnings: readonly string[] }> {
  const learner = createLearner({
    model: modelWithLayer(row),
    optimizer: sgd(),
    loss: 'sparse_categorical_crossentropy',
    compile,
    shards,
  });
  try {
    const warnings: string[] = [];
    for (let i = 0; i < steps; i++) {
      const result = await learner.step(layerBatch(row, i % 3), { learningRate: 0.05, iterations: i });
      warnings.push(...(result.warnings ?? []).map(({ message }) => message));
    }
    expect(learner.compiled).toBe(compile && warnings.length === 0);
    return { ...(await learner.state()), warnings };
  } finally {
    await learner.dispose();
  }
}

/** The names of all classes of layers, tfjs's and our own. */
function layerClasses(): string[] {
  registerLayers();
  const registered = Object.entries(serialization.SerializationMap.getMap().classNameMap);
  return registered
    .filter(([, [type]]) => (type as object as { prototype: object }).prototype instanceof tfl.layers.Layer)
    .map(([name]) => name);
}

describe.skipIf(native === null)('compiled equals eager on every layer type that trains', () => {
  it.each(layerTable)('%s', async (...row) => {
    const eager = await train(row, { compile: false });
    // The three shards of four examples have one, two and one.
    for (const shards of [1, 3]) {
      const compiled = await train(row, { compile: true, shards });
      expect(compiled.warnings).toEqual([]);
      expect(compiled.weights.length).toBe(eager.weights.length);
      for (const [i, { name, data }] of eager.weights.entries()) {
        for (const [j, expected] of data.entries()) {
          const difference = Math.abs(compiled.weights[i].data[j] - expected);
          expect(difference, `${name}[${j}], ${shards} shards`).toBeLessThanOrEqual(1e-6 + 1e-5 * Math.abs(expected));
        }
      }
    }
  });

  it('has each layer class in the table, or a reason why not', () => {
    const known = [...layerTable.map(([name]) => name), ...Object.keys(notCompiled)];
    expect([...new Set(known)].toSorted()).toEqual(layerClasses().toSorted());
  });
});
