import { describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { beta } from '../../../src/random/beta.js';
import { randomKey } from '../../../src/random/randomKey.js';

const DRAWS = 4000;
const draws = (a: number, b: number): number[] =>
  Array.from({ length: DRAWS }, (_, i) => beta(randomKey(3, 'beta', i), a, b));
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('beta', () => {
  it.each([
    [0.2, 0.2],
    [1, 1],
    [4, 4],
    [0.5, 3],
    [30, 2],
  ])('of shapes %d and %d has their mean and variance', (a, b) => {
    const values = draws(a, b);
    const expected = a / (a + b);
    const variance = (expected * (1 - expected)) / (a + b + 1);
    expect(Math.abs(mean(values) - expected)).toBeLessThan(5 * Math.sqrt(variance / DRAWS));
    const squares = values.map(value => (value - expected) ** 2);
    const spread = Math.sqrt(mean(squares.map(square => (square - variance) ** 2)) / DRAWS);
    expect(Math.abs(mean(squares) - variance)).toBeLessThan(5 * spread);
  });

  it('of shapes 1 and 1 is uniform', () => {
    const sorted = draws(1, 1).sort((a, b) => a - b);
    const distance = Math.max(...sorted.map((value, i) => Math.abs(value - (i + 0.5) / DRAWS)));
    expect(distance).toBeLessThan(2.3 / Math.sqrt(DRAWS));
  });

  it('of tiny shapes is 0 or 1, and never no number', () => {
    const values = draws(1e-4, 1e-4);
    expect(values.every(value => value >= 0 && value <= 1)).toBe(true);
    expect(Math.abs(mean(values.map(Math.round)) - 0.5)).toBeLessThan(2.5 / Math.sqrt(DRAWS));
    expect(values.filter(value => value < 1e-6 || value > 1 - 1e-6).length).toBeGreaterThan(0.99 * DRAWS);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the shape %d', shape => {
    expect(() => beta(randomKey(1), shape, 1)).toThrow(InvalidArgumentError);
  });
});
