import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { scheduleFromConfig } from '../../../src/optimizer/scheduleFromConfig.js';
import { constant } from '../../../src/schedule/constant.js';
import { cosineDecay } from '../../../src/schedule/cosineDecay.js';
import { cosineDecayRestarts } from '../../../src/schedule/cosineDecayRestarts.js';
import { exponentialDecay } from '../../../src/schedule/exponentialDecay.js';
import { inverseTimeDecay } from '../../../src/schedule/inverseTimeDecay.js';
import { join } from '../../../src/schedule/join.js';
import { legacyDecay } from '../../../src/schedule/legacyDecay.js';
import { linearWarmup } from '../../../src/schedule/linearWarmup.js';
import { oneCycle } from '../../../src/schedule/oneCycle.js';
import { piecewiseConstant } from '../../../src/schedule/piecewiseConstant.js';
import { polynomialDecay } from '../../../src/schedule/polynomialDecay.js';
import { resnetSchedule } from '../../../src/schedule/resnetSchedule.js';
import type { Schedule } from '../../../src/schedule/schedule.js';
import { simulate } from '../../../src/schedule/simulate.js';

interface Row {
  readonly schedules: readonly Schedule[];
  /** Calls that must be refused, each with a word of the message. */
  readonly refused: readonly (readonly [() => unknown, RegExp])[];
}

const decay = { initialLearningRate: 0.1, decaySteps: 40 };

/** One row a file of src/schedule that makes a schedule. */
const table: Readonly<Record<string, Row>> = {
  constant: { schedules: [constant(0.1)], refused: [[() => constant(-1), /learningRate .* got -1/]] },
  cosineDecay: {
    schedules: [cosineDecay(decay), cosineDecay({ ...decay, alpha: 0.1, warmupTarget: 0.5, warmupSteps: 10 })],
    refused: [
      [() => cosineDecay({ ...decay, decaySteps: 0 }), /decaySteps/],
      [() => cosineDecay({ ...decay, alpha: -0.1 }), /alpha/],
      [() => cosineDecay({ ...decay, warmupSteps: 5 }), /warmupTarget/],
    ],
  },
  cosineDecayRestarts: {
    schedules: [
      cosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 40 }),
      cosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 7, tMul: 1, mMul: 0.9, alpha: 0.1 }),
      cosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 30, tMul: 1.3 }),
    ],
    refused: [
      [() => cosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: -1 }), /firstDecaySteps/],
      [() => cosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 1, tMul: 0 }), /tMul/],
    ],
  },
  exponentialDecay: {
    schedules: [
      exponentialDecay({ ...decay, decayRate: 0.9 }),
      exponentialDecay({ ...decay, decayRate: 0.5, staircase: true }),
    ],
    refused: [
      [() => exponentialDecay({ ...decay, decayRate: Number.NaN }), /decayRate/],
      [() => exponentialDecay({ ...decay, decayRate: 1, decaySteps: 0 }), /decaySteps/],
    ],
  },
  inverseTimeDecay: {
    schedules: [
      inverseTimeDecay({ ...decay, decayRate: 0.9 }),
      inverseTimeDecay({ ...decay, decayRate: 2, staircase: true }),
    ],
    refused: [[() => inverseTimeDecay({ ...decay, decayRate: -1 }), /decayRate/]],
  },
  join: {
    schedules: [join([constant(0.1), exponentialDecay({ ...decay, decayRate: 0.9 })], [20])],
    refused: [
      [() => join([constant(1)], [3]), /one more schedule/],
      [() => join([], []), /one more schedule/],
      [() => join([constant(1), constant(2), constant(3)], [5, 5]), /rise/],
    ],
  },
  legacyDecay: {
    schedules: [legacyDecay({ learningRate: 1e-4, decay: 1e-6 })],
    refused: [[() => legacyDecay({ learningRate: 1e-4, decay: -1 }), /decay/]],
  },
  linearWarmup: {
    schedules: [linearWarmup({ steps: 10, to: 0.1 }), linearWarmup({ steps: 10, from: 0.01, to: cosineDecay(decay) })],
    refused: [
      [() => linearWarmup({ steps: 0, to: 0.1 }), /steps/],
      [() => linearWarmup({ steps: 5, to: -0.1 }), /learningRate/],
    ],
  },
  oneCycle: {
    schedules: [
      oneCycle({ maxLearningRate: 0.1, totalSteps: 100 }),
      oneCycle({ maxLearningRate: 0.1, totalSteps: 50, anneal: 'linear' }),
    ],
    refused: [
      [() => oneCycle({ maxLearningRate: -0.1, totalSteps: 100 }), /maxLearningRate .* got -0.1/],
      [() => oneCycle({ maxLearningRate: 0.1, totalSteps: 100, pctStart: 1.2 }), /pctStart .* got 1.2/],
      [() => oneCycle({ maxLearningRate: 0.1, totalSteps: 100, pctStart: Number.NaN }), /pctStart .* got NaN/],
      [() => oneCycle({ maxLearningRate: 0.1, totalSteps: 10, pctStart: 0.1 }), /pctStart · totalSteps is 1/],
      [() => oneCycle({ maxLearningRate: 0.1, totalSteps: 100, anneal: 'tanh' as 'cos' }), /'tanh'/],
      [() => oneCycle({ maxLearningRate: 0.1, totalSteps: 100, anneal: 'toString' as 'cos' }), /'toString'/],
    ],
  },
  piecewiseConstant: {
    schedules: [piecewiseConstant({ boundaries: [10, 20], values: [0.1, 0.01, 0.001] })],
    refused: [
      [() => piecewiseConstant({ boundaries: [10], values: [1] }), /one more value/],
      [() => piecewiseConstant({ boundaries: [10, 9], values: [1, 2, 3] }), /fall/],
      [() => piecewiseConstant({ boundaries: [10], values: [1, -2] }), /values\[1\]/],
      [() => piecewiseConstant({ boundaries: [-1, 10], values: [1, 2, 3] }), /boundaries\[0\] .* got -1/],
    ],
  },
  polynomialDecay: {
    schedules: [polynomialDecay(decay), polynomialDecay({ ...decay, power: 2, cycle: true })],
    refused: [[() => polynomialDecay({ ...decay, power: -1 }), /power/]],
  },
};

const HELPERS = ['check', 'fractionOf', 'halfCosine', 'resnetSchedule', 'schedule', 'simulate', 'suggestLearningRate'];

describe('schedules', () => {
  it('are all in the table of this test', () => {
    const files = readdirSync(new URL('../../../src/schedule', import.meta.url)).map(name => name.replace(/\.ts$/, ''));
    expect(files.sort()).toEqual([...Object.keys(table), ...HELPERS].sort());
  });

  describe.each(Object.entries(table))('%s', (name, { schedules, refused }) => {
    it.each(schedules)('gives a finite rate that is not negative at any step, and the same one twice', schedule => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 1_000_000 }), step => {
          const rate = schedule(step);
          expect(Number.isFinite(rate) && rate >= 0).toBe(true);
          expect(schedule(step)).toBe(rate);
        }),
      );
    });

    it('carries a description that names it and survives JSON', () => {
      for (const { config } of schedules) {
        expect(config.name).toBe(name);
        expect(JSON.parse(JSON.stringify(config))).toEqual(config);
      }
    });

    it('refuses parameters that cannot be meant, and names them', () => {
      for (const [make, message] of refused) {
        expect(make).toThrow(InvalidArgumentError);
        expect(make).toThrow(message);
      }
    });
  });
});

describe('what golden data does not show', () => {
  it('legacyDecay is lr / (1 + decay · step)', () => {
    expect(legacyDecay({ learningRate: 1e-4, decay: 1e-6 })(1_000_000)).toBeCloseTo(0.5e-4, 12);
  });

  it('linearWarmup meets the schedule that follows and gives it its own steps', () => {
    const after = exponentialDecay({ initialLearningRate: 1, decaySteps: 1, decayRate: 0.5 });
    const warm = linearWarmup({ steps: 4, from: 0.2, to: after });
    expect([...simulate(warm, 7)].map(rate => Number(rate.toFixed(6)))).toEqual([0.2, 0.4, 0.6, 0.8, 1, 0.5, 0.25]);
  });

  it('join changes over at the boundary and gives each schedule its own steps', () => {
    const halving = exponentialDecay({ initialLearningRate: 1, decaySteps: 1, decayRate: 0.5 });
    expect([...simulate(join([constant(3), halving], [2]), 5)]).toEqual([3, 3, 1, 0.5, 0.25]);
  });

  it('cosineDecayRestarts starts afresh at whole periods', () => {
    const restarts = cosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 10 });
    expect([10, 30, 70].map(step => restarts(step))).toEqual([0.1, 0.1, 0.1]);
    expect(restarts(29)).toBeLessThan(0.001);
  });

  it('resnetSchedule steps strictly after its epochs', () => {
    expect([0, 80, 81, 121, 161, 180, 181].map(resnetSchedule)).toEqual([
      1e-3,
      1e-3,
      1e-3 * 1e-1,
      1e-3 * 1e-2,
      1e-3 * 1e-3,
      1e-3 * 1e-3,
      1e-3 * 0.5e-3,
    ]);
  });

  it('simulate refuses a number of steps that is none', () => {
    expect(() => simulate(constant(1), -1)).toThrow(/steps .* got -1/);
  });
});

const rates = (schedule: Schedule, steps: readonly number[]): number[] => steps.map(step => schedule(step));

function expectRates(ours: readonly number[], theirs: readonly number[]): void {
  expect(ours).toHaveLength(theirs.length);
  ours.forEach((rate, i) => {
    expect(Math.abs(rate - theirs[i])).toBeLessThanOrEqual(1e-9 + 2e-5 * theirs[i]);
  });
}

/** Rates of Keras 3.15.1 at the steps 0, 1, 5, 10, 25, 50, 60, 100. */
describe('agreement with Keras', () => {
  const restarts = { initialLearningRate: 0.1, firstDecaySteps: 40 };
  it.each([
    [cosineDecay(decay), [0.1, 0.0998458639, 0.0961939767, 0.0853553414, 0.0308658239, 0, 0, 0]],
    [
      cosineDecay({ ...decay, alpha: 0.1, warmupTarget: 0.5, warmupSteps: 10 }),
      [0.1, 0.14, 0.3, 0.5, 0.361103773, 0.05, 0.05, 0.05],
    ],
    [
      cosineDecayRestarts(restarts),
      [0.1, 0.0998458639, 0.0961939767, 0.0853553414, 0.0308658239, 0.0961939767, 0.0853553414, 0.0146446619],
    ],
    [
      cosineDecayRestarts({ ...restarts, tMul: 1, mMul: 0.9, alpha: 0.1 }),
      [0.1, 0.0998612791, 0.0965745822, 0.0868198127, 0.0377792418, 0.0791378245, 0.0504999943, 0.0464499928],
    ],
    [
      cosineDecayRestarts({ ...restarts, firstDecaySteps: 20, tMul: 1.5, mMul: 0.5 }),
      [0.1, 0.0993844196, 0.0853553414, 0.05, 0.0466506369, 0.025, 0.0220755544, 0.0123315305],
    ],
    [
      exponentialDecay({ ...decay, decayRate: 0.9 }),
      [0.1, 0.0997369513, 0.0986916348, 0.0974003747, 0.0936270952, 0.087660335, 0.0853815004, 0.0768433437],
    ],
    [exponentialDecay({ ...decay, decayRate: 0.5, staircase: true }), [0.1, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.025]],
    [
      inverseTimeDecay({ ...decay, decayRate: 0.9 }),
      [0.1, 0.0977995098, 0.0898876488, 0.0816326514, 0.064, 0.0470588244, 0.0425531939, 0.0307692308],
    ],
    [
      inverseTimeDecay({ ...decay, decayRate: 2, staircase: true }),
      [0.1, 0.1, 0.1, 0.1, 0.1, 0.0333333351, 0.0333333351, 0.02],
    ],
    [polynomialDecay(decay), [0.1, 0.0975025073, 0.0875125006, 0.0750249997, 0.0375625007, 1e-4, 1e-4, 1e-4]],
    [
      polynomialDecay({ ...decay, endLearningRate: 0.01, power: 2, cycle: true }),
      [0.1, 0.0955562592, 0.078906253, 0.0606250018, 0.0226562507, 0.0226562507, 0.015625, 0.0125],
    ],
    [
      piecewiseConstant({ boundaries: [5, 50], values: [0.1, 0.01, 0.001] }),
      [0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.001, 0.001],
    ],
  ])('%#', (schedule, theirs) => {
    expectRates(rates(schedule, [0, 1, 5, 10, 25, 50, 60, 100]), theirs);
  });
});

/** Rates of Keras 3.15.1. */
describe('agreement with Keras where rounding decides', () => {
  it('cosineDecayRestarts finds its period in float32', () => {
    const restarts = cosineDecayRestarts({
      initialLearningRate: 0.1,
      firstDecaySteps: 100,
      tMul: 1.1,
      mMul: 0.9,
      alpha: 0.01,
    });
    expectRates(rates(restarts, [329, 330, 331, 332]), [0.001054044, 0.001013512, 0.07317099, 0.07316094]);
    const late = cosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 10, tMul: 1.3 });
    expectRates(rates(late, [22, 23, 24]), [0.001452905, 0, 0.09913857]);
  });

  it('staircases step where a quotient of float32 does', () => {
    const options = { initialLearningRate: 0.01, decaySteps: 1.1, decayRate: 0.9, staircase: true };
    const steps = [10, 11, 22, 33, 44, 55];
    expectRates(
      rates(exponentialDecay(options), steps),
      [0.003874204, 0.003486783, 0.001215766, 0.0004239112, 0.0001478087, 5.153768e-5],
    );
    expectRates(
      rates(inverseTimeDecay(options), steps),
      [0.001098901, 0.0009999999, 0.0005263158, 0.0003571429, 0.0002702703, 0.0002173913],
    );
  });

  it('rates that are raised to the power of many steps are those of float32', () => {
    const slow = exponentialDecay({ initialLearningRate: 1, decaySteps: 1, decayRate: 0.999999 });
    expectRates(rates(slow, [1000, 100_000, 1_000_000]), [0.9989872574806213, 0.903636634349823, 0.36302649974823]);
    const restarts = cosineDecayRestarts({ initialLearningRate: 0.01, firstDecaySteps: 1, tMul: 1, mMul: 0.99999 });
    expectRates(rates(restarts, [10_000, 1_000_000]), [0.009047141298651695, 4.4785303998651216e-7]);
  });

  it('polynomialDecay has what is left in float32, where little is', () => {
    const root = polynomialDecay({ initialLearningRate: 0.1, decaySteps: 1000, endLearningRate: 0, power: 0.5 });
    expectRates(rates(root, [999, 998]), [0.003162257, 0.004472107]);
    const cycle = polynomialDecay({ initialLearningRate: 0.1, decaySteps: 7.1, endLearningRate: 0.001, cycle: true });
    expectRates(rates(cycle, [63, 71, 142, 213]), [0.002394361, 0.001, 0.001, 0.001]);
    const late = polynomialDecay({
      initialLearningRate: 0.1,
      decaySteps: 7,
      endLearningRate: 0.001,
      power: 0.5,
      cycle: true,
    });
    expectRates(rates(late, [1_000_000, 10_000_000]), [0.0012429046910256147, 0.0010639476822689176]);
  });

  it('piecewiseConstant passes over a value between equal boundaries', () => {
    const twice = piecewiseConstant({ boundaries: [3, 3], values: [1, 2, 3] });
    expect(rates(twice, [0, 3, 4])).toEqual([1, 1, 3]);
  });

  it('cosineDecay rises to an alpha above 1', () => {
    expectRates(
      rates(cosineDecay({ initialLearningRate: 0.1, decaySteps: 10, alpha: 1.5 }), [0, 5, 10]),
      [0.1, 0.125, 0.15],
    );
  });

  it('a warm-up without a target in a Keras config is none', () => {
    const config = { initial_learning_rate: 0.1, decay_steps: 10, warmup_steps: 10 };
    for (const warmup_target of [null, undefined]) {
      expectRates(rates(scheduleFromConfig('CosineDecay', { ...config, warmup_target }), [0, 5, 10]), [0.1, 0.05, 0]);
    }
  });
});

/** Rates of PyTorch's OneCycleLR. */
describe('agreement of oneCycle with PyTorch', () => {
  it.each([
    [4, 1, [0.004, 0.028, 0.076, 0.1, 0.1]],
    [4, 0, [0.08535539763797113, 0.0500002, 0.014645002362028864, 4e-7, 4e-7]],
    [2, 0.3, [0.0811745653949763, 4e-7]],
    [1, 0.3, [4e-7]],
    [30, 0.02, [0.09995433355352143]],
  ])('over %i steps, of which a share of %d rises', (totalSteps, pctStart, expected) => {
    const cycle = oneCycle({ maxLearningRate: 0.1, totalSteps, pctStart });
    expected.forEach((rate, step) => {
      expect(cycle(step)).toBeCloseTo(rate, 6);
    });
  });
});
