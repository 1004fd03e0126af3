import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { pythonFloat } from '../../../src/text/pythonFloat.js';
import { type PythonNumber, pythonFormat } from '../../../src/text/pythonFormat.js';
import { pythonFormatText } from '../../../src/text/pythonFormatText.js';

describe('pythonFloat', () => {
  it.each([
    [1, '1.0'],
    [-0, '-0.0'],
    [0.1 + 0.2, '0.30000000000000004'],
    [1e-4, '0.0001'],
    [1e-5, '1e-05'],
    [2.5e-7, '2.5e-07'],
    [9007199254740992, '9007199254740992.0'],
    [1e16, '1e+16'],
    [1.25e22, '1.25e+22'],
    [5e-324, '5e-324'],
    [123456789.125, '123456789.125'],
    [Number.NaN, 'nan'],
    [Number.NEGATIVE_INFINITY, '-inf'],
  ])('writes %d as Python does', (value, expected) => {
    expect(pythonFloat(value)).toBe(expected);
  });

  it('writes digits that read back, always with a point or an exponent', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
        const text = pythonFloat(value);
        expect(Object.is(Number(text), value)).toBe(true);
        expect(text).toMatch(/[.e]/);
      }),
    );
  });
});

/** Results of CPython 3.11's `format`. */
const cases: readonly (readonly [PythonNumber['type'], number, string, string])[] = [
  ['int', 7, '', '7'],
  ['int', 7, '03d', '007'],
  ['int', -7, '05', '-0007'],
  ['int', 1234567, ',', '1,234,567'],
  ['int', 98765, '#x', '0x181cd'],
  ['int', 42, '*>8d', '******42'],
  ['int', 7, '.2f', '7.00'],
  ['int', 123, '012,d', '0,000,000,123'],
  ['float', 0.125, '.2f', '0.12'],
  ['float', 0.375, '.2f', '0.38'],
  ['float', 2.5, '.0f', '2'],
  ['float', 1.005, '.2f', '1.00'],
  ['float', 1e22, '.1f', '10000000000000000000000.0'],
  ['float', 9.9995, '.3e', '9.999e+00'],
  ['float', 99.95, '.3g', '100'],
  ['float', 123, '.3', '1.23e+02'],
  ['float', 123, '.4', '123.0'],
  ['float', 0.00012345, 'g', '0.00012345'],
  ['float', 1e-5, 'g', '1e-05'],
  ['float', 0.256, '.1%', '25.6%'],
  ['float', -3.75, '^11.2f', '   -3.75   '],
  ['float', 12345.678, ',.2f', '12,345.68'],
  ['float', 1, '+.1f', '+1.0'],
  ['float', Number.NaN, '.2f', 'nan'],
  ['float', Number.POSITIVE_INFINITY, 'F', 'INF'],
  ['float', Number.NEGATIVE_INFINITY, '08.2f', '-0000inf'],
  ['float', 0.5, '', '0.5'],
  ['int', 1234567, '08n', '01234567'],
  ['float', 1e6, 'n', '1e+06'],
  ['float', 1.25, '+.2n', '+1.2'],
  ['float', 1, '#n', '1.00000'],
  ['float', -0.04, 'z.1f', '0.0'],
  ['float', -0.06, 'z.1f', '-0.1'],
  ['float', -0, 'z', '0.0'],
  ['float', -0, ' z.0f', ' 0'],
  ['float', -0.04, 'z#.0f', '0.'],
  ['float', -0.04, '-z08.1f', '000000.0'],
  ['float', -0.0001, '+z.1%', '+0.0%'],
  ['float', -0, 'z.1e', '0.0e+00'],
  ['float', -1e-10, 'z.1e', '-1.0e-10'],
  ['float', Number.NEGATIVE_INFINITY, 'z.1f', '-inf'],
  ['int', 7, 'z.1f', '7.0'],
];

/** Of `format` for a str. */
const texts: readonly (readonly [string, string, string])[] = [
  ['0.5', '', '0.5'],
  ['0.5', '>4', ' 0.5'],
  ['0.5', '05', '0.500'],
  ['0.5', '<05', '0.500'],
  ['0.5', '*^7', '**0.5**'],
  ['1', '*^4', '*1**'],
  ['0.5', '.2', '0.'],
  ['0.5', '6.1s', '0     '],
];

describe('pythonFormat', () => {
  it.each(cases)('formats the %s %d by %j as Python does', (type, value, spec, expected) => {
    expect(pythonFormat({ type, value }, spec)).toBe(expected);
  });

  it.each([
    ['float', 'd'],
    ['float', 'x'],
    ['int', '.2d'],
    ['int', '.2'],
    ['float', '.f'],
    ['float', 'hello'],
    ['float', '{x}'],
    ['int', 'z'],
    ['int', 'zd'],
    ['int', '.2n'],
    ['int', ',n'],
    ['float', '_n'],
    ['float', '.1fz'],
  ] as const)('refuses for a %s the specification %j', (type, spec) => {
    expect(() => pythonFormat({ type, value: 1 }, spec)).toThrow(InvalidArgumentError);
  });
});

describe('pythonFormatText', () => {
  it.each(texts)('formats the text %j by %j as Python does', (text, spec, expected) => {
    expect(pythonFormatText(text, spec)).toBe(expected);
  });

  it.each(['=5', '+', '#', 'z', 'd', ',', '.2f'])('refuses for a text the specification %j', spec => {
    expect(() => pythonFormatText('0.5', spec)).toThrow(InvalidArgumentError);
  });
});
