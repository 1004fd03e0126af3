import { from, lastValueFrom, of, throwError, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { augment } from '../../operators/augment.js';
import { augmentImages } from '../../operators/augmentImages.js';
import { batch } from '../../operators/batch.js';
import { epochSamples } from '../../operators/epochSamples.js';
import { pipeBatches } from '../../operators/pipeBatches.js';
import { augmentation } from '../../src/augment/augmentation.js';
import { imageTransform } from '../../src/augment/imageTransform.js';
import type { Batch, RowBatch, ValueBatch } from '../../src/data/batch.js';
import { fromArrays } from '../../src/data/fromArrays.js';
import { readRows } from '../../src/data/readRows.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { itKeepsOperatorHabits } from '../helpers/itKeepsOperatorHabits.js';

const SHAPE = [4, 5, 3];
const ROWS = 12;
const x = { data: Uint8Array.from({ length: ROWS * 60 }, (_, i) => (i * 7919) % 251), shape: [ROWS, ...SHAPE] };
const mean = { data: Float32Array.from({ length: 60 }, (_, i) => i / 100), shape: SHAPE };
const y = Array.from({ length: ROWS }, (_, row) => row % 3);
const source = fromArrays({ x, y, scaling: { scale: 1 / 255, mean } });
const nothing = augmentation();
const changes = augmentation({ rotationRange: 20, widthShiftRange: 0.3, horizontalFlip: true, channelShiftRange: 9 });

const rowBatch = (row: number): RowBatch => ({
  kind: 'rows',
  source,
  rows: Int32Array.of(row),
  seed: 1,
  epoch: 0,
  size: 1,
  cursor: { epoch: 0, position: row + 1 },
});
const unchanged = (row: number): ValueBatch => {
  const { kind, rows, source: _, ...info } = rowBatch(row);
  return { ...info, kind: 'values', x: readRows(source, rows).x, y: { data: Float32Array.of(y[row]), shape: [1] } };
};

/** The pixels of each row. */
async function pixelsOf(size: number, epoch = 0, seed = 7, shuffle = true): Promise<Map<number, string>> {
  const samples = [...epochSamples(source, { seed, epoch, shuffle })];
  const batches = await valuesOf(size, epoch, seed, shuffle);
  const pixels = batches.flatMap(({ x: { data } }) =>
    Array.from({ length: data.length / 60 }, (_, i) => String(data.slice(i * 60, i * 60 + 60))),
  );
  return new Map(samples.map(({ row }, i) => [row, pixels[i]]));
}

async function valuesOf(size: number, epoch = 0, seed = 7, shuffle = true): Promise<ValueBatch[]> {
  const batches$ = from(epochSamples(source, { seed, epoch, shuffle })).pipe(batch(size), augmentImages(changes));
  const batches: Batch[] = await lastValueFrom(batches$.pipe(toArray()));
  return batches as ValueBatch[];
}

describe('augmentImages', () => {
  itKeepsOperatorHabits<Batch, Batch>({
    operator: () => augmentImages(nothing),
    values: { a: rowBatch(0), b: rowBatch(1) },
    results: { a: unchanged(0), b: unchanged(1) },
  });

  it('gives a row the same pixels whatever the batch size and order, others in another epoch or run', async () => {
    const pixels = await pixelsOf(5);
    expect(pixels.size).toBe(ROWS);
    expect(await pixelsOf(3)).toEqual(pixels);
    expect(await pixelsOf(12, 0, 7, false)).toEqual(new Map([...pixels].sort(([a], [b]) => a - b)));
    for (const other of [await pixelsOf(5, 1), await pixelsOf(5, 0, 8)]) {
      expect(other.get(3)).not.toBe(pixels.get(3));
    }
  });

  it('gives the batches that augment with the same transform gives before batch', async () => {
    const one = from(epochSamples(source, { seed: 7, epoch: 2 })).pipe(
      augment(imageTransform(changes, SHAPE)),
      batch(5),
      toArray(),
    );
    expect(await valuesOf(5, 2)).toEqual(await lastValueFrom(one));
  });

  it('passes targets and weights on', () => {
    const weighted = fromArrays({
      x,
      y: { data: new Float32Array(ROWS * 2).map((_, i) => i), shape: [ROWS, 2] },
      sampleWeight: y,
    });
    of<Batch>({ ...rowBatch(4), source: weighted })
      .pipe(augmentImages(nothing))
      .subscribe(made => {
        expect(made).toMatchObject({
          y: { data: Float32Array.of(8, 9), shape: [1, 2] },
          sampleWeight: Float32Array.of(1),
          x: { data: Float32Array.from(x.data.slice(240, 300)) },
        });
      });
    expect.assertions(1);
  });

  it.each([
    ['a batch of values', unchanged(0), 'Use augment(imageTransform(…)) before batch(…)'],
    [
      'rows that are no pictures',
      { ...rowBatch(0), source: fromArrays({ x: { data: new Uint8Array(6), shape: [2, 3] }, y: [0, 1] }) },
      "A picture of shape [3] can't be augmented",
    ],
  ])('refuses %s', (_, made, message) => {
    let error: unknown;
    of<Batch>(made)
      .pipe(augmentImages(nothing))
      .subscribe({ error: given => (error = given) });
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(String(error)).toContain(message);
  });
});

describe('pipeBatches', () => {
  it('tells how many batches the first operator makes', () => {
    expect(pipeBatches(batch(5), augmentImages(nothing)).batchesOf(12)).toBe(3);
    expect(pipeBatches(batch(5, { remainder: 'drop' }), augmentImages(nothing)).batchesOf(12)).toBe(2);
  });

  it('runs both operators', async () => {
    const through = pipeBatches(batch(5), augmentImages(changes));
    const made = from(epochSamples(source, { seed: 7, epoch: 0 })).pipe(through, toArray());
    expect(await lastValueFrom(made)).toEqual(await valuesOf(5));
  });

  it('passes on an error', () => {
    const error = new Error('unplugged');
    let seen: unknown;
    throwError(() => error)
      .pipe(pipeBatches(batch(5), augmentImages(changes)))
      .subscribe({ error: given => (seen = given) });
    expect(seen).toBe(error);
  });
});
