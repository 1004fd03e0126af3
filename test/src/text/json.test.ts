import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJson, encodeJson, type Json } from '../../../src/text/json.js';

describe('encodeJson and decodeJson', () => {
  it('write numbers that JSON lacks as strings, and such strings with a backslash', () => {
    const value = { a: [Number.NaN, -0, 1], b: Number.NEGATIVE_INFINITY, c: 'NaN', d: '\\NaN', e: null, f: true };
    expect(encodeJson(value)).toEqual({
      a: ['NaN', '-0', 1],
      b: '-Infinity',
      c: '\\NaN',
      d: '\\\\NaN',
      e: null,
      f: true,
    });
  });

  it('give back exactly what was there, through JSON text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('NaN', 'Infinity', '-Infinity', '-0', '\\NaN', '\\\\-0', '__proto__'),
    );
    const { tree } = fc.letrec(tie => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.double(),
        text,
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree')),
        fc.dictionary(text, tie('tree'), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, value => {
        expect(decodeJson(JSON.parse(JSON.stringify(encodeJson(value as Json))))).toEqual(value);
      }),
    );
  });
});
