import { expect, it } from 'vitest';
import { NO_RATE_WRITERS, noteWriter, writersCollide } from '../../../src/policy/rateWriters.js';

const set = (by: string) => ({ type: 'setLearningRate', by, value: 1 }) as const;
const scale = (by: string) => ({ type: 'scaleLearningRate', by, factor: 0.5 }) as const;

it.each([
  ['nobody', [], false],
  ['one that sets, again and again', [set('a'), set('a')], false],
  ['two that set', [set('a'), set('b')], true],
  ['one that sets and one that scales', [set('a'), scale('b')], true],
  ['one that scales and one that sets', [scale('a'), set('b')], true],
  ['one that does both', [scale('a'), set('a')], false],
  ['three that scale', [scale('a'), scale('b'), scale('c')], false],
])('the rate of %s: %o collides %s', (_, directives, expected) => {
  expect(writersCollide(directives.reduce(noteWriter, NO_RATE_WRITERS))).toBe(expected);
});
