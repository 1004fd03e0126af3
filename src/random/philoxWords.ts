import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { philox } from './philox.js';

/** TensorFlow mixes the seed under this key, so that it need not be random itself. */
const MIX_KEY = [0x3ec8f720, 0x02461e29] as const;

/**
 * The random 32-bit words behind TensorFlow's stateless random operations for an int32 seed, at least `length` of them: what
 * `StatelessRandomUniformFullInt` gives.
 *
 * Source: tensorflow/core/kernels/stateless_random_ops.cc (`GenerateKey`).
 *
 * @throws InvalidArgumentError where a part of the seed is no int32
 */
export function philoxWords(length: number, [seed0, seed1]: readonly [number, number]): Uint32Array {
  if ((seed0 | 0) !== seed0 || (seed1 | 0) !== seed1) {
    throw new InvalidArgumentError(`[${seed0}, ${seed1}] is no seed of two 32-bit signed integers.`);
  }
  // The seeds are read as 64-bit numbers: `>> 31` is the upper half that the sign is extended into.
  const mix = new Uint32Array(4);
  philox(seed0, seed0 >> 31, seed1, seed1 >> 31, MIX_KEY[0], MIX_KEY[1], mix);
  const [k0, k1, c2, c3] = mix;
  const words = new Uint32Array(Math.ceil(length / 4) * 4);
  for (let at = 0, counter = 0; at < words.length; at += 4, counter++) philox(counter, 0, c2, c3, k0, k1, words, at);
  return words;
}
