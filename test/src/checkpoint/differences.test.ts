import { expect, it } from 'vitest';
import { differences } from '../../../src/checkpoint/differences.js';

it.each([
  [{ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 }, []],
  [{ a: 1 }, { a: 2 }, ['a was 1, is 2.']],
  [{ a: { b: 'x' } }, { a: { b: null } }, ['a.b was "x", is null.']],
  [{ a: [1, 2] }, { a: [2, 1] }, ['a was [1,2], is [2,1].']],
  [{ a: 1 }, {}, ['a was 1, is not given.']],
  [{}, { a: { b: true } }, ['a.b was not given, is true.']],
  [null, { a: 1 }, ['it was null, is not given.', 'a was not given, is 1.']],
])('differences of %j and %j', (before, now, expected) => {
  expect(differences(before, now)).toEqual(expected);
});
