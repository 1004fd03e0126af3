import { readRows } from '../../src/data/readRows.js';
import type { ArraySource } from '../../src/data/source.js';
import type { Learner } from '../../src/learner/learner.js';

/** Rows that are shown; the first ones of the test set. */
const SHOWN = [0, 1, 2, 3, 4, 5, 6, 7];

/** What a trained classifier says of some pictures, a line each: what it takes it for, how surely, and what it is. */
export async function showPredictions(learner: Learner, source: ArraySource): Promise<string[]> {
  const { classNames = [] } = source;
  const rows = SHOWN.filter(row => row < source.size);
  const { x, y } = readRows(source, rows);
  const predicted = await learner.predict(x);
  const classes = predicted.shape[1];
  const nameOf = (number: number): string => classNames[number] ?? `class ${number}`;
  const width = Math.max(...classNames.map(({ length }) => length), 0);
  const lines = rows.map((row, i) => {
    const shares = Array.from(predicted.data.subarray(i * classes, (i + 1) * classes));
    const best = shares.reduce((most, share, number) => (share > shares[most] ? number : most), 0);
    const sureness = `${(100 * shares[best]).toFixed(0)} %`.padStart(5);
    const verdict = best === y.data[i] ? 'right' : `wrong: ${nameOf(y.data[i])}`;
    return `  test image ${row}: ${nameOf(best).padEnd(width)} ${sureness}  ${verdict}`;
  });
  return ['Predictions:', ...lines];
}
