import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { normal } from './normal.js';
import { foldIn, type RandomKey } from './randomKey.js';
import { uniform } from './uniform.js';

/**
 * The key's draw from the beta distribution on 0 … 1, density ∝ x^(a − 1) · (1 − x)^(b − 1).
 *
 * From two draws of the gamma distribution, whose logarithms are compared: those of a small shape are too small for numbers.
 *
 * @throws InvalidArgumentError where a shape isn't above 0
 */
export function beta(key: RandomKey, a: number, b: number): number {
  if (!(a > 0 && b > 0 && Number.isFinite(a + b))) {
    throw new InvalidArgumentError(`beta: shapes are ${a} and ${b}: give two numbers above 0.`);
  }
  return 1 / (1 + Math.exp(logGamma(foldIn(key, 1), b) - logGamma(foldIn(key, 0), a)));
}

/**
 * Logarithm of a draw from the gamma distribution.
 *
 * Source: Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", ACM TOMS 2000.
 */
function logGamma(key: RandomKey, shape: number): number {
  if (shape < 1) return logGamma(foldIn(key, 'boost'), shape + 1) + Math.log(1 - uniform(key, 0)) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (let attempt = 0; ; attempt++) {
    const x = normal(key, 2 * attempt);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const logV = 3 * Math.log(root);
    const threshold = (x * x) / 2 + d * (1 - root ** 3 + logV);
    if (Math.log(1 - uniform(key, 2 * attempt + 1)) < threshold) return Math.log(d) + logV;
  }
}
