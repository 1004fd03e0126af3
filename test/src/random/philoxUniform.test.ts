import { describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { philoxUniform } from '../../../src/random/philoxUniform.js';

describe('philoxUniform', () => {
  // From tf.raw_ops.StatelessRandomUniform of TensorFlow 2.21 on the CPU.
  it.each([
    [
      [1, 2],
      [
        0.8440604209899902, 0.19204533100128174, 0.9962232112884521, 0.16038739681243896, 0.27199018001556396,
        0.6493459939956665, 0.10694444179534912, 0.06516242027282715, 0.4393514394760132, 0.08476817607879639,
      ],
      0.09389376640319824,
    ],
    [
      [-7, 2147483647],
      [
        0.2280879020690918, 0.9830089807510376, 0.4583139419555664, 0.6763421297073364, 0.09669220447540283,
        0.9479753971099854, 0.5559502840042114, 0.4726511240005493, 0.5703239440917969, 0.20697307586669922,
      ],
      0.06941723823547363,
    ],
  ])("gives TensorFlow's numbers for the seed %j", ([seed0, seed1], first, value100000) => {
    expect([...philoxUniform(10, [seed0, seed1])]).toEqual(first);
    expect(philoxUniform(100_001, [seed0, seed1])[100_000]).toBe(value100000);
  });

  it('gives as many numbers as asked for', () => {
    for (let length = 0; length < 10; length++) expect(philoxUniform(length, [1, 2])).toHaveLength(length);
  });

  it('refuses a seed that is no int32', () => {
    expect(() => philoxUniform(1, [2 ** 31, 0])).toThrow(InvalidArgumentError);
    expect(() => philoxUniform(1, [0, 0.5])).toThrow(InvalidArgumentError);
  });
});
