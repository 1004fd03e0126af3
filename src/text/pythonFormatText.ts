import { InvalidArgumentError } from '../error/invalidArgumentError.js';

const SPEC = /^(?:(?<fill>.)?(?<align>[<>^]))?(?<zero>0)?(?<width>\d+)?(?:\.(?<precision>\d+))?s?$/su;

/**
 * Formats a text by Python's format specification `[[fill]align][0][width][.precision][s]`, as `format(text, spec)` does.
 *
 * @throws InvalidArgumentError where the specification isn't one for texts
 *
 * Source: https://docs.python.org/3/library/string.html#format-specification-mini-language
 */
export function pythonFormatText(text: string, specification: string): string {
  const groups = SPEC.exec(specification)?.groups;
  if (groups === undefined) {
    throw new InvalidArgumentError(
      `'${specification}' is no format specification for a Python str: expected something like >8 or .4.`,
    );
  }
  const { fill = groups.zero ?? ' ', align = '<', width = '0', precision = 'Infinity' } = groups;
  const cut = text.slice(0, Number(precision));
  const missing = Math.max(0, Number(width) - cut.length);
  const before = align === '<' ? 0 : align === '>' ? missing : missing >> 1;
  return fill.repeat(before) + cut + fill.repeat(missing - before);
}
