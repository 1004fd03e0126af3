import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { embeddedDigits } from '../../../src/data/embeddedDigits.js';

const names = [...'0123456789'];
const parts = { train: await embeddedDigits('train', names), test: await embeddedDigits('test', names) };
const countsOf = (labels: ArrayLike<number>) =>
  names.map((_, digit) => Array.from(labels).filter(label => label === digit).length);

describe('the digits in the package mnist', () => {
  it('have each digit in the same proportion in both parts', () => {
    expect([parts.train.size, parts.test.size]).toEqual([8000, 2000]);
    const training = countsOf(parts.train.y.data);
    countsOf(parts.test.y.data).forEach((count, digit) => {
      expect(Math.abs(count - (training[digit] + count) / 5)).toBeLessThanOrEqual(1);
    });
  });

  it('are bytes of brightness, a digit in one part alone', () => {
    const pictures = [parts.train, parts.test].flatMap(({ x, size }) =>
      Array.from({ length: size }, (_, row) =>
        Buffer.from(x.data.slice(row * 784, row * 784 + 784)).toString('latin1'),
      ),
    );
    expect(new Set(pictures).size).toBe(10_000);
    expect(new Set(pictures.join('')).size).toBe(256);
  });

  it.each([
    ['train', 'e7c1b02b71c68ae51be1c63d20b190d8f317da90a7c02465ba92cf2765930f14'],
    ['test', 'cbc2517ba94ad0ad41d3d11dbfc33cd38be141219438840319ea401f34bbe104'],
  ] as const)('never change in %s, nor does their order', (split, expected) => {
    const { x, y } = parts[split];
    const hash = createHash('sha256').update(x.data).update(Uint8Array.from(y.data));
    expect(hash.digest('hex')).toBe(expected);
  });
});
