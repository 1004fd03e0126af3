import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { UnknownNameError } from '../../../../src/error/unknownNameError.js';
import { createLearner } from '../../../../src/learner/createLearner.js';
import { lossByName } from '../../../../src/loss/lossByName.js';
import type { Metric } from '../../../../src/metrics/metric.js';
import type { MetricConfigs } from '../../../../src/saving/keras/trainingConfig.js';
import { readTrainingConfig } from '../../../../src/saving/keras/trainingConfig.js';
import { loadModel } from '../../../../src/saving/loadModel.js';
import { savedLosses } from '../../../../src/saving/savedLosses.js';
import { savedMetrics } from '../../../../src/saving/savedMetrics.js';
import { type SaveModelOptions, saveModel } from '../../../../src/saving/saveModel.js';
import { twoHeads } from '../../../helpers/twoHeads.js';
import { temporaryFolder } from '../../file/temporaryFolder.js';

const TOP_2 = { class_name: 'TopKCategoricalAccuracy', config: { name: 'top_2', k: 2 } };
const optimizer = { className: 'SGD', parameters: { learning_rate: 0.1 } };

/** What a file says of training that was written with these options. */
async function written(options: SaveModelOptions, format = 'keras') {
  const file = join(temporaryFolder(), `model.${format}`);
  const model = twoHeads();
  await saveModel(model, file, { optimizer, ...options });
  model.dispose();
  const loaded = await loadModel(file);
  return { training: loaded.training, model: loaded.model };
}

describe('a file of a model with two outputs', () => {
  it.each(['keras', 'h5'])(
    'keeps losses, their weights and metrics, by the names of the outputs (.%s)',
    async format => {
      const { training, model } = await written(
        {
          loss: { cls: 'sparse_categorical_crossentropy', box: { ...lossByName('huber', { delta: 2 }), weight: 0.5 } },
          metrics: { cls: ['accuracy'] },
          weightedMetrics: { box: ['mse'] },
        },
        format,
      );
      expect(training?.lossWeights).toEqual({ cls: 1, box: 0.5 });
      expect(training?.metrics).toEqual({ cls: ['accuracy'] });
      expect(training?.weightedMetrics).toEqual({ box: ['mse'] });
      const { cls, box } = savedLosses(model, training?.loss, training?.lossWeights);
      expect([cls.name, cls.weight]).toEqual(['sparse_categorical_crossentropy', 1]);
      expect([box.name, box.config.delta, box.weight]).toEqual(['huber', 2, 0.5]);
    },
  );

  it('names all outputs, as Keras wants it: those without a loss have none', async () => {
    const { training, model } = await written({ loss: { box: 'mse' }, lossWeights: { box: 3 } });
    expect(training?.loss).toEqual({ cls: null, box: 'mse' });
    expect(training?.lossWeights).toEqual({ cls: 1, box: 3 });
    expect(Object.keys(savedLosses(model, training?.loss))).toEqual(['box']);
  });

  it.each<[string, unknown, unknown]>([
    ['one for all', 'mse', null],
    ['a list', ['mse', 'mse'], [1, 1]],
    ['a record', { cls: 'mse', box: { class_name: 'MeanSquaredError', config: {} } }, { cls: 1, box: 1 }],
  ])('has its losses read from %s', async (_what, loss, weights) => {
    const model = twoHeads();
    const losses = Object.entries(savedLosses(model, loss, weights));
    expect(losses.map(([name, { name: kind, weight }]) => [name, kind, weight])).toEqual([
      ['cls', 'mean_squared_error', 1],
      ['box', 'mean_squared_error', 1],
    ]);
  });

  it('is refused where outputs and losses don’t agree', async () => {
    const model = twoHeads();
    expect(() => savedLosses(model, ['mse'])).toThrow('1 losses for the 2 outputs');
    expect(() => savedLosses(model, { bbox: 'mse' })).toThrow(UnknownNameError);
    await expect(written({ loss: { bbox: 'mse' } })).rejects.toThrow("Did you mean 'box'");
  });
});

describe('metrics in a file', () => {
  it.each([
    ['a list', ['accuracy'], ['accuracy']],
    ['lists by output', { cls: ['accuracy', 'AUC'], box: [] }, { cls: ['accuracy', 'AUC'], box: [] }],
    ['one by output', { cls: 'accuracy', box: null }, { cls: ['accuracy'], box: [] }],
    ['an object by output', { cls: { class_name: 'AUC', config: {} } }, { cls: [{ class_name: 'AUC', config: {} }] }],
    ['nothing', null, null],
  ])('are read where they are %s', (_what, metrics, read) => {
    const training = readTrainingConfig({ loss: 'mse', metrics, weighted_metrics: metrics });
    expect(training?.metrics).toEqual(read);
    expect(training?.weightedMetrics ?? null).toEqual(read);
  });
});

describe('losses and metrics of an .h5 file, which names no modules', () => {
  it('get those by which Keras finds them in a .keras file', async () => {
    const config = { from_logits: true };
    const { training } = await written({
      loss: [{ class_name: 'CategoricalCrossentropy', config }, 'mse'],
      metrics: { cls: [{ class_name: 'AUC', config: {} }], box: ['mae'] },
      weightedMetrics: [[{ class_name: 'Custom>Own', config: {} }], []],
    });
    const named = (module: string) => ({ module, registered_name: null });
    expect(training?.loss).toEqual([
      { class_name: 'CategoricalCrossentropy', config, ...named('keras.losses') },
      'mse',
    ]);
    expect(training?.metrics).toEqual({
      cls: [{ class_name: 'AUC', config: {}, ...named('keras.metrics') }],
      box: ['mae'],
    });
    expect(training?.weightedMetrics).toEqual([[{ class_name: 'Custom>Own', config: {} }], []]);
  });

  it.each<[string, MetricConfigs]>([
    ['a record', { cls: ['accuracy', TOP_2], box: 'mae' as never }],
    ['a list', [['accuracy', TOP_2], 'mae']],
  ])('has its metrics read from %s', (_what, saved) => {
    const model = twoHeads();
    const losses = savedLosses(model, 'mse');
    const { cls, box } = savedMetrics(model, saved, losses);
    expect(cls[0]).toBe('accuracy');
    expect((cls[1] as Metric).name).toBe('top_2');
    expect(box).toEqual(['mae']);
    const { cls: loss } = losses;
    expect(Object.keys(savedMetrics(model, saved, { cls: loss }))).toEqual(['cls']);
    expect(savedMetrics(model, null, losses)).toEqual({ cls: [], box: [] });
    const learner = createLearner({ model, optimizer: 'sgd', loss: losses, metrics: { cls, box }, compile: false });
    expect(learner.metrics.map(({ name }) => name).slice(3)).toEqual(['cls_accuracy', 'cls_top_2', 'box_mae']);
  });

  it('is refused where outputs and metrics don’t agree', () => {
    const model = twoHeads();
    const losses = savedLosses(model, 'mse');
    expect(() => savedMetrics(model, [['mae']], losses)).toThrow('1 metrics for the 2 outputs');
    expect(() => savedMetrics(model, { bbox: ['mae'] }, losses)).toThrow(UnknownNameError);
    expect(() => savedMetrics(model, { box: [3] }, losses)).toThrow('metric 3 is neither');
  });
});

describe('a file of a model with one output', () => {
  it('has its metrics read from a list, under the name of the output', () => {
    const model = sequential({ layers: [layers.dense({ units: 3, inputShape: [2], name: 'out' })] });
    const fn = { class_name: 'function', config: 'mae' };
    expect(savedMetrics(model, ['mse', fn], savedLosses(model, 'mse'))).toEqual({ out: ['mse', 'mae'] });
  });
});
