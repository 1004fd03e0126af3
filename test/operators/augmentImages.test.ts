import {
  catchError,
  concat,
  EMPTY,
  from,
  lastValueFrom,
  map,
  type Observable,
  of,
  skip,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { augment } from '../../operators/augment.js';
import { augmentImages } from '../../operators/augmentImages.js';
import { batch } from '../../operators/batch.js';
import { epochSamples } from '../../operators/epochSamples.js';
import { pipeBatches } from '../../operators/pipeBatches.js';
import { type Augmentation, augmentation } from '../../src/augment/augmentation.js';
import { imageTransform } from '../../src/augment/imageTransform.js';
import type { Batch, RowBatch, ValueBatch } from '../../src/data/batch.js';
import { exampleOf } from '../../src/data/exampleOf.js';
import { fromArrays } from '../../src/data/fromArrays.js';
import { readRows } from '../../src/data/readRows.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { built } from '../helpers/built.js';
import { itKeepsOperatorHabits } from '../helpers/itKeepsOperatorHabits.js';

const { augmentImages: parallel } =
  await built<typeof import('../../operators/augmentImages.js')>('operators/augmentImages.js');
const { runningThreads } = await built<typeof import('../../src/augment/augmentCrew.js')>('src/augment/augmentCrew.js');

const unplugged: Observable<Batch> = throwError(() => new Error('unplugged'));
const fail = (): never => {
  throw new Error('There is no such operator.');
};
const bytesOf = (made: Batch): string => Buffer.from((made as ValueBatch).x.data.buffer).toString('base64');

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
    const batches = (await lastValueFrom(one)) as ValueBatch[];
    expect(await valuesOf(5, 2)).toEqual(batches.map(({ stored: _, ...made }) => made));
  });

  it.each([
    ['with a scaling', source],
    ['without', fromArrays({ x, y })],
  ])('changes values of streams as it changes rows, %s', async (_, rows) => {
    const ofRows = () => from(epochSamples(rows, { seed: 7, epoch: 0 }));
    const ofValues = () => ofRows().pipe(map(sample => ({ ...sample, example: exampleOf(sample) })));
    const through = { host: augmentImages(changes), step: augmentImages(changes, { engine: 'step' }) };
    const expected = await lastValueFrom(ofRows().pipe(batch(5), through.host, toArray()));
    for (const operator of [through.host, through.step]) {
      expect(await lastValueFrom(ofValues().pipe(batch(5), operator, toArray()))).toEqual(expected);
    }
  });

  it.each(['auto', 'host'] as const)('with engine %s it gives pixels', engine => {
    of<Batch>(rowBatch(4))
      .pipe(augmentImages(changes, { engine }))
      .subscribe(made => expect(made.kind).toBe('values'));
    expect.assertions(1);
  });

  it('leaves its work to the step with a note on the rows', () => {
    const wanted = { ...rowBatch(4), augmentation: changes };
    const seen: Batch[] = [];
    of<Batch>(rowBatch(4))
      .pipe(augmentImages(changes, { engine: 'step' }))
      .subscribe(made => seen.push(made));
    const { inStep } = augmentImages(changes);
    of<Batch>(rowBatch(4))
      .pipe(inStep ?? fail)
      .subscribe(made => seen.push(made));
    expect(seen).toEqual([wanted, wanted]);
    expect(augmentImages(changes, { engine: 'host' }).inStep).toBeUndefined();
  });

  it('refuses an engine or a number of workers that cannot be', () => {
    expect(() => augmentImages(changes, { engine: 'setp' as 'step' })).toThrow("Did you mean 'step'?");
    expect(() => augmentImages(changes, { workers: -1 })).toThrow(InvalidArgumentError);
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
    ['values of which nobody knows how they were stored', unchanged(0), 'Put augmentImages right after batch(…)'],
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

describe('augmentImages with workers', () => {
  const large = fromArrays({
    x: { data: new Uint8Array(60 * 3072).map((_, i) => i), shape: [60, 32, 32, 3] },
    y: [...'0'.repeat(60)].map(Number),
  });
  const samples = () => from(epochSamples(large, { seed: 7, epoch: 0 }));
  const threads = (workers: number) => samples().pipe(batch(20), parallel(changes, { workers }));

  it('refuses mere options, of which augmentation makes more', () => {
    const options = { rotationRange: 3 } as Augmentation;
    expect(() => augmentImages(options)).toThrow('augmentImages: give what augmentation(…) makes');
    expect(() => imageTransform(options, [1, 1, 1])).toThrow('imageTransform: give what augmentation(…) makes');
  });

  it.each([1, 2])("gives the calling thread's batches with %i", async workers => {
    const alone = await lastValueFrom(samples().pipe(batch(20), augmentImages(changes), toArray()));
    const together = await lastValueFrom(threads(workers).pipe(toArray()));
    expect(together.map(bytesOf)).toEqual(alone.map(bytesOf));
  });

  it.each([
    ['rows', samples],
    ['values', () => samples().pipe(map(sample => ({ ...sample, example: exampleOf(sample) })))],
  ])('goes on with %s from any batch as if there had been no break', async (_, all) => {
    const whole = await lastValueFrom(all().pipe(batch(20), parallel(changes, { workers: 2 }), toArray()));
    for (const [i, { cursor }] of whole.slice(0, -1).entries()) {
      const rest = all().pipe(skip(cursor.position), batch(20), parallel(changes, { workers: 1 }), toArray());
      expect((await lastValueFrom(rest)).map(bytesOf)).toEqual(whole.slice(i + 1).map(bytesOf));
    }
  });

  const endings: [string, (batches: Observable<Batch>) => Observable<unknown>][] = [
    ['complete', batches => batches],
    ['unsubscribe midway', batches => batches.pipe(take(2))],
    ['an error of the source', batches => concat(batches, unplugged)],
    [
      'a throw downstream',
      batches =>
        batches.pipe(
          map(() => {
            throw new Error('an observer broke');
          }),
        ),
    ],
    ['no batch at all', () => EMPTY.pipe(parallel(changes, { workers: 1 }))],
    [
      'a batch that is refused',
      () => from<Batch[]>([rowBatch(0), unchanged(0)]).pipe(parallel(changes, { workers: 1 })),
    ],
  ];
  it.each(endings)('leaves no thread behind: %s', async (_, end) => {
    await lastValueFrom(end(threads(2)).pipe(catchError(() => EMPTY)), { defaultValue: undefined });
    await vi.waitFor(() => expect(runningThreads()).toBe(0));
  });

  it('starts and ends threads anew for each subscription', async () => {
    const batches = threads(1);
    for (let i = 0; i < 2; i++) {
      const running = batches.pipe(
        take(1),
        map(() => runningThreads()),
      );
      expect(await lastValueFrom(running)).toBe(1);
      await vi.waitFor(() => expect(runningThreads()).toBe(0));
    }
  });
});

describe('pipeBatches', () => {
  it('tells how many batches the first operator makes', () => {
    expect(pipeBatches(batch(5), augmentImages(nothing)).batchesOf(12)).toBe(3);
    expect(pipeBatches(batch(5, { remainder: 'drop' }), augmentImages(nothing)).batchesOf(12)).toBe(2);
  });

  it('leaves to the step what the second operator would', () => {
    const { inStep } = pipeBatches(batch(5), augmentImages(changes));
    const seen: Batch[] = [];
    from(epochSamples(source, { seed: 7, epoch: 0 }))
      .pipe(inStep ?? fail)
      .subscribe(made => seen.push(made));
    expect(seen.map(({ kind, size }) => [kind, size])).toEqual([
      ['rows', 5],
      ['rows', 5],
      ['rows', 2],
    ]);
    expect(seen[0]).toMatchObject({ augmentation: changes });
    expect(
      pipeBatches(
        batch(5),
        map(made => made),
      ).inStep,
    ).toBeUndefined();
  });

  it('runs both operators', async () => {
    const through = pipeBatches(batch(5), augmentImages(changes));
    const made = from(epochSamples(source, { seed: 7, epoch: 0 })).pipe(through, toArray());
    expect(await lastValueFrom(made)).toEqual(await valuesOf(5));
  });

  it('runs as many operators as there are, the first of them first', async () => {
    const named = (name: string) =>
      map((made: Batch) => ({ ...made, names: [...('names' in made ? [made.names] : []), name] }));
    const through = pipeBatches(batch(12), augmentImages(changes), named('a'), named('b'));
    expect(through.batchesOf(24)).toBe(2);
    const made = from(epochSamples(source, { seed: 7, epoch: 0 })).pipe(through, toArray());
    expect(await lastValueFrom(made)).toMatchObject([{ kind: 'values', names: [['a'], 'b'] }]);
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
