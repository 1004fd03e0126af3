import { philoxWords } from './philoxWords.js';

const EXPONENT_OF_ONE = 0x3f800000;
const MANTISSA = 0x7fffff;

/**
 * What TensorFlow's `StatelessRandomUniform` gives for an int32 seed, bit for bit: `length` float32 values from [0, 1).
 *
 * Source: tsl/lib/random/random_distributions.h (`Uint32ToFloat`: 23 random bits).
 *
 * @throws InvalidArgumentError where a part of the seed is no int32
 */
export function philoxUniform(length: number, seed: readonly [number, number]): Float32Array {
  const words = philoxWords(length, seed);
  for (let i = 0; i < words.length; i++) words[i] = (words[i] & MANTISSA) | EXPONENT_OF_ONE;
  const values = new Float32Array(words.buffer, 0, length);
  for (let i = 0; i < length; i++) values[i] -= 1;
  return values;
}
