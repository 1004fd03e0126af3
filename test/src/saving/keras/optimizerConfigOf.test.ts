import { describe, expect, it } from 'vitest';
import { adam } from '../../../../src/optimizer/adam.js';
import { optimizerFromConfig } from '../../../../src/optimizer/optimizerFromConfig.js';
import { rmsprop } from '../../../../src/optimizer/rmsprop.js';
import { optimizerConfigOf } from '../../../../src/saving/keras/optimizerConfigOf.js';
import { constant } from '../../../../src/schedule/constant.js';
import { cosineDecay } from '../../../../src/schedule/cosineDecay.js';
import { cosineDecayRestarts } from '../../../../src/schedule/cosineDecayRestarts.js';
import { exponentialDecay } from '../../../../src/schedule/exponentialDecay.js';
import { inverseTimeDecay } from '../../../../src/schedule/inverseTimeDecay.js';
import { linearWarmup } from '../../../../src/schedule/linearWarmup.js';
import { piecewiseConstant } from '../../../../src/schedule/piecewiseConstant.js';
import { polynomialDecay } from '../../../../src/schedule/polynomialDecay.js';
import type { Schedule } from '../../../../src/schedule/schedule.js';

const initialLearningRate = 0.1;

describe('optimizerConfigOf', () => {
  it.each<[string, Schedule]>([
    ['CosineDecay', cosineDecay({ initialLearningRate, decaySteps: 10, alpha: 0.1 })],
    ['CosineDecay', cosineDecay({ initialLearningRate, decaySteps: 10, warmupTarget: 0.3, warmupSteps: 4 })],
    ['CosineDecayRestarts', cosineDecayRestarts({ initialLearningRate, firstDecaySteps: 4, tMul: 1.5, mMul: 0.9 })],
    ['ExponentialDecay', exponentialDecay({ initialLearningRate, decaySteps: 3, decayRate: 0.5, staircase: true })],
    ['InverseTimeDecay', inverseTimeDecay({ initialLearningRate, decaySteps: 3, decayRate: 0.5 })],
    ['PiecewiseConstantDecay', piecewiseConstant({ boundaries: [3, 6], values: [0.1, 0.01, 0.001] })],
    ['PolynomialDecay', polynomialDecay({ initialLearningRate, decaySteps: 7, power: 2, cycle: true })],
  ])("names a schedule by Keras's class, %s", (className, schedule) => {
    const config = optimizerConfigOf(adam({ learningRate: schedule }));
    expect(config.parameters.learning_rate).toMatchObject({ class_name: className });
    const { learningRate } = optimizerFromConfig(config.className, config.parameters);
    const rates = (rate: Schedule | number) => Array.from({ length: 12 }, (_, step) => (rate as Schedule)(step));
    expect(rates(learningRate)).toEqual(rates(schedule));
  });

  it('gives the rate of a schedule that Keras does not have', () => {
    const warmup = adam({ learningRate: linearWarmup({ steps: 10, to: 0.2 }) });
    expect(optimizerConfigOf(warmup, 5).parameters.learning_rate).toBe(0.1);
    expect(optimizerConfigOf(adam({ learningRate: constant(0.3) })).parameters.learning_rate).toBe(0.3);
  });

  it('leaves out what is not set, of a schedule, too, and names an optimizer that Keras does not have as it is', () => {
    const learningRate = cosineDecay({ initialLearningRate, decaySteps: 10 });
    const { className, parameters } = optimizerConfigOf({ ...adam({ learningRate }), name: 'own' });
    expect(className).toBe('own');
    expect(JSON.stringify(parameters)).not.toContain('null');
  });

  it('leaves the legacy decay beside its rate', () => {
    const { parameters } = optimizerConfigOf(rmsprop({ learningRate: 1e-4, decay: 1e-6 }), 100);
    expect(parameters).toMatchObject({ learning_rate: 1e-4, decay: 1e-6 });
  });
});
