import type * as tf from '@tensorflow/tfjs-core';
import { describe, expectTypeOf, it } from 'vitest';
import type { LearnerOptions, LossName, MetricName, OptimizerName } from '../../../src/index.js';

describe('the options of a learner', () => {
  it("take Keras's names in any spelling, and tell an editor which there are", () => {
    expectTypeOf<'sparse_categorical_crossentropy' | 'CategoricalCrossentropy' | 'mse'>().toExtend<
      LearnerOptions['loss']
    >();
    expectTypeOf<'RMSprop'>().toExtend<LearnerOptions['optimizer']>();
    expectTypeOf<string>().not.toExtend<LossName | MetricName | OptimizerName>();
    expectTypeOf<Extract<LearnerOptions['loss'], 'huber'>>().toEqualTypeOf<'huber'>();
    expectTypeOf<Extract<LearnerOptions['optimizer'], 'lion'>>().toEqualTypeOf<'lion'>();
  });

  it('take functions, and no other value', () => {
    expectTypeOf<(yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor>().toExtend<LearnerOptions['loss']>();
    expectTypeOf<number>().not.toExtend<LearnerOptions['loss']>();
  });
});
