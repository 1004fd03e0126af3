import { learningRateSchedule } from '../../src/policy/learningRateSchedule.js';
import { reduceLearningRateOnPlateau } from '../../src/policy/reduceLearningRateOnPlateau.js';
import { piecewiseConstant } from '../../src/schedule/piecewiseConstant.js';
import { resnetSchedule } from '../../src/schedule/resnetSchedule.js';
import type { Schedule } from '../../src/schedule/schedule.js';
import type { Controller } from '../training/controllers.js';

export interface ResnetRates {
  /** For the optimizer. */
  readonly learningRate: Schedule | number;
  readonly controllers: readonly Controller[];
}

const plateau = (apply: 'scale' | 'overwrite') =>
  reduceLearningRateOnPlateau({
    ...{ factor: Math.sqrt(0.1), cooldown: 0, patience: 5, minLearningRate: 0.5e-6 },
    apply,
  });

/**
 * Schedule and plateau as in Keras's `cifar10_resnet` example: the schedule sets the rate before each epoch, so that what the
 * plateau has reduced lasts for nothing.
 */
export const kerasResnetRates = (): ResnetRates => ({
  learningRate: resnetSchedule(0),
  controllers: [plateau('overwrite'), learningRateSchedule(resnetSchedule)],
});

/** Epochs with which a rate of {@link resnetSchedule} begins. */
const STARTS = [0, 81, 121, 161, 181];

/** Both together: the schedule is the optimizer's, and the plateau scales what it gives. */
export const composedResnetRates = (stepsPerEpoch: number): ResnetRates => ({
  learningRate: piecewiseConstant({
    boundaries: STARTS.slice(1).map(epoch => epoch * stepsPerEpoch - 1),
    values: STARTS.map(resnetSchedule),
  }),
  controllers: [plateau('scale')],
});
