import { from, type OperatorFunction, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batch } from '../../operators/batch.js';
import { cutMix } from '../../operators/cutMix.js';
import { epochSamples } from '../../operators/epochSamples.js';
import { mixup } from '../../operators/mixup.js';
import { pipeBatches } from '../../operators/pipeBatches.js';
import { batchOf } from '../../operators/testing/samples.js';
import { cutMixBox, cutMixRows, shareOutside } from '../../src/augment/cutMixRows.js';
import { mixRows } from '../../src/augment/mixRows.js';
import { oneHotLabels } from '../../src/augment/oneHotLabels.js';
import type { Batch, ValueBatch } from '../../src/data/batch.js';
import { fromArrays } from '../../src/data/fromArrays.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { randomKey } from '../../src/random/randomKey.js';
import { itKeepsOperatorHabits } from '../helpers/itKeepsOperatorHabits.js';

const operators = { mixup, cutMix };

/** Twelve pictures of 4 × 6 pixels, each of its own number; three classes. */
const source = fromArrays({
  x: { data: Uint8Array.from({ length: 12 * 24 }, (_, i) => Math.floor(i / 24) * 10), shape: [12, 4, 6, 1] },
  y: Array.from({ length: 12 }, (_, row) => row % 3),
  scaling: { scale: 0.1 },
  sampleWeight: Array.from({ length: 12 }, (_, row) => row),
});

function run(operator: OperatorFunction<Batch, Batch>, ...batches: Batch[]): ValueBatch[] {
  const made: Batch[] = [];
  let error: unknown;
  of(...batches)
    .pipe(operator)
    .subscribe({ next: value => made.push(value), error: given => (error = given) });
  if (error !== undefined) throw error;
  return made as ValueBatch[];
}

describe.each(['mixup', 'cutMix'] as const)('%s', name => {
  const operator = (options = {}) => operators[name]({ classes: 3, ...options });
  const values = { a: batchOf([0, 1, 2], source), b: batchOf([3, 4], source) };
  const [a, b] = run(operator(), values.a, values.b);

  itKeepsOperatorHabits<Batch, Batch>({ operator, values, results: { a, b } });

  it('mixes labels and weights by the same share as the pictures', () => {
    const rows = [5, 7, 9, 1];
    const [mixed] = run(operator(), batchOf(rows, source));
    const weights = mixed.sampleWeight as Float32Array;
    rows.forEach((row, i) => {
      const before = rows[(i + 3) % 4];
      const pixels = Array.from(mixed.x.data.slice(i * 24, i * 24 + 24));
      const mean = pixels.reduce((sum, value) => sum + value, 0) / 24;
      const share = (mean - before) / (row - before);
      const label = (number: number) => mixed.y.data[i * 3 + number];
      expect(weights[i]).toBeCloseTo(share * row + (1 - share) * before, 4);
      expect(label(0) + label(1) + label(2)).toBeCloseTo(1, 6);
      if (row % 3 === before % 3) expect(label(row % 3)).toBeCloseTo(1, 6);
      else
        expect([label(row % 3), label(before % 3)]).toEqual([expect.closeTo(share, 4), expect.closeTo(1 - share, 4)]);
    });
  });

  it('gives the same whatever came before, and another mix elsewhere: in epoch, run or by name', () => {
    const [first, second] = run(operator(), values.a, { ...values.b, cursor: { epoch: 0, position: 5 } });
    expect(run(operator(), { ...values.b, cursor: { epoch: 0, position: 5 } })).toEqual([second]);
    const others = [
      run(operator(), { ...values.a, epoch: 1 }),
      run(operator(), { ...values.a, seed: 2 }),
      run(operator({ name: 'again' }), values.a),
      run(operator(), { ...values.a, cursor: { epoch: 0, position: 13 } }),
    ];
    for (const [other] of others) expect(other.y).not.toEqual(first.y);
  });

  it('takes the published alpha where none is given, or undefined', () => {
    const alpha = { mixup: 0.2, cutMix: 1 }[name];
    const all = batchOf(
      Array.from({ length: 240 }, (_, i) => i % 12),
      source,
    );
    const published = run(operator({ alpha, name }), all);
    expect(run(operator(), all)).toEqual(published);
    expect(run(operator({ alpha: undefined, name: undefined }), all)).toEqual(published);
  });

  it('keeps place and size of the batch, and changes nothing in the source', () => {
    const before = source.x.data.slice();
    const [made] = run(operator(), values.a);
    expect(made).toMatchObject({ kind: 'values', size: 3, seed: 1, epoch: 0, cursor: values.a.cursor });
    expect([made.x.shape, made.y.shape]).toEqual([
      [3, 4, 6, 1],
      [3, 3],
    ]);
    expect(source.x.data).toEqual(before);
  });

  it('takes one-hot labels as they are', () => {
    const [made] = run(operators[name](), { ...a, y: { data: Float32Array.of(1, 0, 0, 1, 0, 1), shape: [3, 2] } });
    expect(made.y.shape).toEqual([3, 2]);
    expect(made.y.data[2] + made.y.data[3]).toBeCloseTo(1, 6);
  });

  it('follows batch, which still tells how many there will be', () => {
    const through = pipeBatches(batch(5), operator());
    expect(through.batchesOf(12)).toBe(3);
    const sizes: number[] = [];
    from(epochSamples(source, { seed: 7, epoch: 0 }))
      .pipe(through, toArray())
      .subscribe(batches => sizes.push(...batches.map(({ size }) => size)));
    expect(sizes).toEqual([5, 5, 2]);
  });

  it.each<[string, object, RegExp]>([
    [
      'class numbers without their number',
      { classes: undefined },
      /labels are class numbers, which can't be mixed. Say/,
    ],
    ['class numbers beyond it', { classes: 2 }, /a label is 2, expected a class number from 0 to 1/],
  ])('fails for %s', (_, options, message) => {
    expect(() => run(operator(options), values.a)).toThrow(InvalidArgumentError);
    expect(() => run(operator(options), values.a)).toThrow(message);
  });

  it('fails for one-hot labels of another length', () => {
    expect(() => run(operator(), { ...a, y: { data: new Float32Array(6), shape: [3, 2] } })).toThrow(
      'labels have 2 values, but classes is 3',
    );
  });

  it.each([{ alpha: 0 }, { alpha: Number.NaN }, { classes: 1 }, { classes: 2.5 }])('refuses %j at once', options => {
    expect(() => operator(options)).toThrow(InvalidArgumentError);
  });
});

it('cutMix refuses an unknown data format at once', () => {
  expect(() => cutMix({ dataFormat: 'channelLast' as 'channelsLast' })).toThrow("Did you mean 'channelsLast'?");
});

describe('mixing, against torchvision 0.29.2', () => {
  const x = { data: Float32Array.from({ length: 24 }, (_, i) => i / 8), shape: [3, 2, 4, 1] };
  const y = oneHotLabels('test', { data: Float32Array.of(2, 0, 1), shape: [3] }, 3);

  it('gives the pictures and labels of MixUp with λ = 0.3', () => {
    const expected = [
      1.4, 1.525, 1.65, 1.775, 1.9, 2.0250001, 2.1499999, 2.2750001, 0.3, 0.425, 0.55, 0.675, 0.8, 0.925, 1.05, 1.175,
      1.3, 1.425, 1.55, 1.675, 1.8, 1.925, 2.0500002, 2.175,
    ];
    expect(mixRows(x, [0.3, 0.3, 0.3]).data).toEqual(Float32Array.from(expected));
    expect(mixRows(y, [0.3, 0.3, 0.3]).data).toEqual(Float32Array.of(0, 0.7, 0.3, 0.3, 0, 0.7, 0.7, 0.3, 0));
  });

  it('gives the pictures and labels of CutMix with the box of row 0, columns 1 and 2', () => {
    const box = { top: 0, bottom: 1, left: 1, right: 3 };
    const expected = [
      0, 2.125, 2.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1, 0.125, 0.25, 1.375, 1.5, 1.625, 1.75, 1.875, 2, 1.125, 1.25,
      2.375, 2.5, 2.625, 2.75, 2.875,
    ];
    expect(cutMixRows(x, [box, box, box], 'channelsLast').data).toEqual(Float32Array.from(expected));
    const share = shareOutside(box, { rows: 2, columns: 4, channels: 1 });
    expect(mixRows(y, [share, share, share]).data).toEqual(
      Float32Array.of(0, 0.25, 0.75, 0.75, 0, 0.25, 0.25, 0.75, 0),
    );
  });

  it('cuts channels that come first', () => {
    const planes = { data: Float32Array.from({ length: 8 }, (_, i) => i), shape: [2, 2, 1, 2] };
    const boxes = [
      { top: 0, bottom: 1, left: 1, right: 2 },
      { top: 0, bottom: 0, left: 0, right: 0 },
    ];
    expect(cutMixRows(planes, boxes, 'channelsFirst').data).toEqual(Float32Array.of(0, 5, 2, 7, 4, 5, 6, 7));
  });

  it('draws boxes whose middle may be any pixel, cut off at the borders', () => {
    const extents = { rows: 5, columns: 8, channels: 1 };
    const seen = new Set<string>();
    for (let seed = 0; seed < 800; seed++) {
      const { top, bottom, left, right } = cutMixBox(randomKey(seed), extents, 0.75);
      expect([bottom - top, right - left].every(side => side >= 1)).toBe(true);
      expect(top >= 0 && bottom <= 5 && left >= 0 && right <= 8).toBe(true);
      seen.add(`${top} ${bottom} ${left} ${right}`);
    }
    // Half sides are 1 and 2: every middle gives a box of its own.
    expect(seen.size).toBe(40);
    expect(cutMixBox(randomKey(1), extents, 1)).toMatchObject({ top: expect.any(Number) });
    expect(shareOutside(cutMixBox(randomKey(1), extents, 1), extents)).toBe(1);
  });
});
