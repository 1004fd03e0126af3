import { InvalidArgumentError as InvalidOption } from 'commander';

/** An option's value as a whole number from 1 on. */
export function count(text: string): number {
  if (!isWhole(text) || Number(text) < 1) throw new InvalidOption('Give a whole number of at least 1.');
  return Number(text);
}

/** An option's value as a whole number from 0 on. */
export function wholeNumber(text: string): number {
  if (!isWhole(text)) throw new InvalidOption('Give a whole number of at least 0.');
  return Number(text);
}

const isWhole = (text: string): boolean =>
  text.trim() !== '' && Number.isSafeInteger(Number(text)) && Number(text) >= 0;

/** An option's value as one of a few numbers. */
export const oneOf =
  (values: readonly number[]) =>
  (text: string): number => {
    const value = values.find(known => String(known) === text.trim());
    if (value === undefined) throw new InvalidOption(`Give ${values.join(' or ')}.`);
    return value;
  };

/** An option's value as a number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) throw new InvalidOption('Give a number above 0.');
  return value;
}
