import { expect, it } from 'vitest';
import { clock } from '../../../src/text/clock.js';

it.each([
  [-5, '0s'],
  [59_499, '59s'],
  [59_500, '1:00'],
  [187_000, '3:07'],
  [3_727_000, '1:02:07'],
])('clock: %d ms is %s', (milliseconds, text) => {
  expect(clock(milliseconds)).toBe(text);
});
