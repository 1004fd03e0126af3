import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { exactDecimal } from './exactDecimal.js';
import { pythonExponent, pythonFloat } from './pythonFloat.js';

/** A number and whether Python would hold it as an int (`epoch`) or as a float (a metric). */
export interface PythonNumber {
  readonly value: number;
  readonly type: 'int' | 'float';
}

interface Spec {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  /** What is rounded to 0 has no minus. */
  readonly zeroSign: boolean;
  readonly alternate: boolean;
  readonly width: number;
  readonly grouping: string;
  readonly precision: number | null;
  readonly type: string;
}

const SPEC =
  /^(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<zeroSign>z)?(?<alternate>#)?(?<zero>0)?(?<width>\d+)?(?<grouping>[,_])?(?:\.(?<precision>\d+))?(?<type>[bdeEfFgGnoxX%])?$/su;

/**
 * Formats a number by Python's format specification `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`, as
 * `format(value, spec)` does: `03d`, `.2f`, `+.3e`, `>8.1%`.
 *
 * @throws InvalidArgumentError where the specification is none, or not one for this type of number
 *
 * Source: https://docs.python.org/3/library/string.html#format-specification-mini-language
 */
export function pythonFormat(number: PythonNumber, specification: string): string {
  const spec = parse(specification, number.type);
  const { value } = number;
  const body = isInteger(number, spec) ? integer(Math.abs(value), spec) : float(Math.abs(value), spec);
  const signed = value < 0 || (Object.is(value, -0) && number.type === 'float');
  const negative = signed && !(spec.zeroSign && /^[0.]+([eE%]|$)/.test(body.digits));
  const sign = negative ? '-' : spec.sign === '-' ? '' : spec.sign;
  return pad(sign, body, spec);
}

function parse(specification: string, type: PythonNumber['type']): Spec {
  const groups = SPEC.exec(specification)?.groups;
  const refuse = (why: string): never => {
    throw new InvalidArgumentError(`'${specification}' is no format specification for a Python ${type}: ${why}.`);
  };
  if (groups === undefined) return refuse('expected something like 03d or .2f');
  if (groups.type === 'n' && groups.grouping !== undefined) return refuse('type n has no grouping of its own');
  const letter = groups.type === 'n' ? LOCALE_TYPES[type] : groups.type;
  const whole = letter !== undefined && 'bdoxX'.includes(letter);
  if (whole && type === 'float') return refuse(`type ${letter} is for whole numbers, use f`);
  if (whole || (type === 'int' && letter === undefined)) {
    if (groups.precision !== undefined) return refuse('whole numbers have no precision');
    if (groups.zeroSign !== undefined) return refuse('whole numbers have no negative zero');
  }
  return {
    fill: groups.fill ?? (groups.zero === undefined ? ' ' : '0'),
    align: groups.align ?? (groups.zero === undefined ? '>' : '='),
    sign: groups.sign ?? '-',
    zeroSign: groups.zeroSign !== undefined,
    alternate: groups.alternate !== undefined,
    width: Number(groups.width ?? 0),
    grouping: groups.grouping ?? '',
    precision: groups.precision === undefined ? null : Number(groups.precision),
    type: letter ?? '',
  };
}

/** What type n is in Python's own locale. */
const LOCALE_TYPES = { int: 'd', float: 'g' } as const;

const isInteger = ({ type }: PythonNumber, spec: Spec): boolean =>
  type === 'int' && (spec.type === '' || 'bdoxX'.includes(spec.type));

const RADIX: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 };

/** Digits, as they are padded: what stands before them, and whether they may be grouped. */
interface Body {
  readonly prefix: string;
  readonly digits: string;
  /** Digits in a group of the whole part; 0: never grouped. */
  readonly group: number;
}

function integer(value: number, { type, alternate }: Spec): Body {
  const radix = RADIX[type];
  const digits = BigInt(value).toString(radix ?? 10);
  return {
    prefix: radix !== undefined && alternate ? `0${type}` : '',
    digits: type === 'X' ? digits.toUpperCase() : digits,
    group: radix === undefined ? 3 : 4,
  };
}

function float(value: number, spec: Spec): Body {
  const shown = spec.type === '%' ? value * 100 : value;
  const hasDigits = Number.isFinite(shown);
  const text = (hasDigits ? finite(shown, spec) : pythonFloat(shown)) + (spec.type === '%' ? '%' : '');
  const upper = spec.type !== '' && 'EFG'.includes(spec.type);
  return { prefix: '', digits: upper ? text.toUpperCase() : text, group: hasDigits ? 3 : 0 };
}

function finite(value: number, { type, precision, alternate }: Spec): string {
  const places = precision ?? 6;
  switch (type.toLowerCase()) {
    case 'f':
    case '%':
      return fixed(value, places, alternate);
    case 'e': {
      const [digits, exponent] = significant(value, places + 1);
      return point(digits, 1, alternate) + pythonExponent(exponent);
    }
    case 'g':
      return general(value, Math.max(1, places), alternate, false);
    default:
      return precision === null ? pythonFloat(value) : general(value, Math.max(1, precision), alternate, true);
  }
}

/** Type g; `asFloat` is the type without a letter, whose result always looks like a float. */
function general(value: number, precision: number, alternate: boolean, asFloat: boolean): string {
  const [digits, exponent] = significant(value, precision);
  const kept = alternate ? digits : digits.replace(/0+$/, '');
  if (exponent < -4 || exponent >= precision - (asFloat ? 1 : 0)) {
    return point(kept.padEnd(1, '0'), 1, alternate) + pythonExponent(exponent);
  }
  if (exponent < 0) return point(`${'0'.repeat(-exponent)}${kept}`, 1, alternate);
  const text = point(kept.padEnd(exponent + 1, '0'), exponent + 1, alternate);
  return asFloat && !text.includes('.') ? `${text}.0` : text;
}

function fixed(value: number, places: number, alternate: boolean): string {
  const digits = exactDecimal(value, places)
    .toString()
    .padStart(places + 1, '0');
  return point(digits, digits.length - places, alternate);
}

/** So many significant digits, and the decimal exponent of the first one. */
function significant(value: number, count: number): [string, number] {
  if (value === 0) return ['0'.repeat(count), 0];
  const exponent = Number(value.toExponential().split('e')[1]);
  const digits = exactDecimal(value, count - 1 - exponent).toString();
  return digits.length > count ? [digits.slice(0, count), exponent + 1] : [digits, exponent];
}

/** Puts the decimal point behind the first `whole` digits; left out where nothing follows, unless asked for. */
const point = (digits: string, whole: number, always: boolean): string =>
  digits.length > whole || always ? `${digits.slice(0, whole)}.${digits.slice(whole)}` : digits;

function pad(sign: string, { prefix, digits, group }: Body, spec: Spec): string {
  const head = sign + prefix;
  const grouped = spec.grouping === '' || group === 0 ? digits : groupDigits(digits, group, spec, head.length);
  const missing = Math.max(0, spec.width - head.length - grouped.length);
  const fill = (count: number): string => spec.fill.repeat(count);
  switch (spec.align) {
    case '<':
      return head + grouped + fill(missing);
    case '^':
      return fill(missing >> 1) + head + grouped + fill(missing - (missing >> 1));
    case '=':
      return head + fill(missing) + grouped;
    default:
      return fill(missing) + head + grouped;
  }
}

/** Groups the whole part; zeros that pad it are grouped too. */
function groupDigits(digits: string, group: number, { grouping, fill, align, width }: Spec, head: number): string {
  const [, whole, rest] = /^([0-9a-fA-F]*?)((?:[.e%].*)?)$/s.exec(digits) as unknown as [string, string, string];
  const join = (text: string): string => text.replace(new RegExp(`\\B(?=(?:.{${group}})+$)`, 'g'), grouping);
  let padded = whole;
  if (fill === '0' && align === '=') {
    while (head + join(padded).length + rest.length < width) padded = `0${padded}`;
  }
  return join(padded) + rest;
}
