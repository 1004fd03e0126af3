import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { philox } from './philox.js';

/** TensorFlow mixes the seed under this key, so that it need not be random itself. */
const MIX_KEY = [0x3ec8f720, 0x02461e29] as const;
const EXPONENT_OF_ONE = 0x3f800000;
const MANTISSA = 0x7fffff;

/**
 * What TensorFlow's `StatelessRandomUniform` gives for an int32 seed, bit for bit: `length` float32 values from [0, 1).
 *
 * Source: tensorflow/core/kernels/stateless_random_ops.cc (`GenerateKey`) and tsl/lib/random/random_distributions.h
 * (`Uint32ToFloat`: 23 random bits).
 *
 * @throws InvalidArgumentError where a part of the seed is no int32
 */
export function philoxUniform(length: number, [seed0, seed1]: readonly [number, number]): Float32Array {
  if ((seed0 | 0) !== seed0 || (seed1 | 0) !== seed1) {
    throw new InvalidArgumentError(`[${seed0}, ${seed1}] is no seed of two 32-bit signed integers.`);
  }
  // The seeds are read as 64-bit numbers: `>> 31` is the upper half that the sign is extended into.
  const mix = new Uint32Array(4);
  philox(seed0, seed0 >> 31, seed1, seed1 >> 31, MIX_KEY[0], MIX_KEY[1], mix);
  const [k0, k1, c2, c3] = mix;

  const words = new Uint32Array(Math.ceil(length / 4) * 4);
  for (let at = 0, counter = 0; at < words.length; at += 4, counter++) philox(counter, 0, c2, c3, k0, k1, words, at);
  for (let i = 0; i < words.length; i++) words[i] = (words[i] & MANTISSA) | EXPONENT_OF_ONE;
  const values = new Float32Array(words.buffer, 0, length);
  for (let i = 0; i < length; i++) values[i] -= 1;
  return values;
}
