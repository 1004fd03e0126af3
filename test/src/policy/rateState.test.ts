import { describe, expect, it } from 'vitest';
import { directRate, INITIAL_RATE_STATE, type RateState, rateOf } from '../../../src/policy/rateState.js';

const scaled = (state: RateState, factor: number, atLeast = 0): RateState =>
  directRate(state, { type: 'scaleLearningRate', by: 'test', factor, atLeast });

describe('the rate that controllers have made', () => {
  it("is the schedule's as long as nobody asked", () => {
    expect(rateOf(INITIAL_RATE_STATE, 0.3)).toBe(0.3);
  });

  it("is the schedule's times all factors, not below the bound", () => {
    const state = scaled(scaled(INITIAL_RATE_STATE, 0.5), 0.5, 0.1);
    expect([1, 0.5, 0.25].map(rate => rateOf(state, rate))).toEqual([0.25, 0.125, 0.1]);
  });

  it("is never lifted above the schedule's by the bound", () => {
    expect(rateOf(scaled(INITIAL_RATE_STATE, 0.5, 0.1), 0.01)).toBe(0.01);
  });

  it('is the one that was set, whatever the schedule says', () => {
    const state = directRate(scaled(INITIAL_RATE_STATE, 0.5), { type: 'setLearningRate', by: 'test', value: 0.7 });
    expect(rateOf(state, 1)).toBe(0.7);
  });
});
