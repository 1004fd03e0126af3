import { lastValueFrom, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { augmentImages } from '../../../operators/augmentImages.js';
import { mixup } from '../../../operators/mixup.js';
import { sampleOf } from '../../../operators/testing/samples.js';
import type { HostArray } from '../../../src/array/hostArray.js';
import { augmentation } from '../../../src/augment/augmentation.js';
import { hostValues } from '../../../src/augment/hostValues.js';
import type { Auxiliary } from '../../../src/data/auxiliary.js';
import type { Batch, ValueBatch } from '../../../src/data/batch.js';
import { exampleOf } from '../../../src/data/exampleOf.js';
import { fromArrays } from '../../../src/data/fromArrays.js';
import { fromStream } from '../../../src/data/fromStream.js';
import { readRows } from '../../../src/data/readRows.js';
import { sliceSource } from '../../../src/data/sliceSource.js';
import type { AuxiliaryShapes, Example } from '../../../src/data/source.js';
import { takeRows } from '../../../src/data/takeRows.js';
import { toBatch } from '../../../src/data/toBatch.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';

/** Three pictures of 2 × 2 pixels, each with two numbers more, a class and a box. */
const source = fromArrays({
  x: { data: Uint8Array.from({ length: 12 }, (_, i) => i), shape: [3, 2, 2, 1] },
  y: [0, 1, 2],
  aux: {
    inputs: { meta: { data: Float32Array.of(0, 1, 10, 11, 20, 21), shape: [3, 2] } },
    targets: { kind: [5, 6, 7], box: { data: Float32Array.of(0, 1, 2, 3, 4, 5), shape: [3, 2, 1] } },
  },
});

const meta = (...values: number[]) => ({ meta: { data: Float32Array.from(values), shape: [values.length / 2, 2] } });

describe('auxiliary inputs and targets', () => {
  it.each([
    ['rows that are taken', takeRows(source, [2, 0]).aux],
    ['rows that are read', readRows(source, [2, 0]).aux],
  ])('come along with %s', (_what, aux) => {
    expect(aux).toEqual({
      inputs: meta(20, 21, 0, 1),
      targets: {
        kind: { data: Int32Array.of(7, 5), shape: [2] },
        box: { data: Float32Array.of(4, 5, 0, 1), shape: [2, 2, 1] },
      },
    });
  });

  it('come along with a slice, which is a view', () => {
    const { aux } = sliceSource(source, 1, 3);
    expect(aux?.inputs).toEqual(meta(10, 11, 20, 21));
    expect(aux?.targets?.box).toEqual({ data: Float32Array.of(2, 3, 4, 5), shape: [2, 2, 1] });
    expect(aux?.inputs?.meta.data.buffer).toBe(source.aux?.inputs?.meta.data.buffer);
  });

  it('come along with an example, copied', () => {
    const { aux } = exampleOf(sampleOf({ source, row: 1 }));
    expect(aux).toEqual({
      inputs: { meta: Float32Array.of(10, 11) },
      targets: { kind: 6, box: Float32Array.of(2, 3) },
    });
    (aux?.inputs?.meta as Float32Array)[0] = 99;
    expect(source.aux?.inputs?.meta.data[2]).toBe(10);
  });

  it('are stacked in batches of values, in the source’s shapes', () => {
    const samples = [0, 2].map(row => sampleOf({ source, row, example: exampleOf(sampleOf({ source, row })) }));
    expect((toBatch(samples) as ValueBatch).aux).toEqual({
      inputs: meta(0, 1, 20, 21),
      targets: {
        kind: { data: Float32Array.of(5, 7), shape: [2] },
        box: { data: Float32Array.of(0, 1, 4, 5), shape: [2, 2, 1] },
      },
    });
  });

  const batchOf = (auxes: readonly Example['aux'][], auxShapes?: AuxiliaryShapes): ValueBatch => {
    const examples = auxes.map(aux => ({ x: Uint8Array.of(1, 2), y: 0, ...(aux && { aux }) }));
    const stream = fromStream(examples, { name: 'pairs', inputShape: [2], ...(auxShapes && { auxShapes }) });
    return toBatch(examples.map((example, position) => sampleOf({ source: stream, position, example }))) as ValueBatch;
  };
  const four = Float32Array.of(1, 2, 3, 4);

  it('of a stream stand in a line, or in the shape that it tells', () => {
    const aux: Example['aux'] = { inputs: { grid: four }, targets: { mask: four } };
    expect(batchOf([aux]).aux?.inputs?.grid.shape).toEqual([1, 4]);
    const shaped = batchOf([aux, aux], { inputs: { grid: [2, 2] }, targets: { mask: [4, 1] } }).aux;
    expect(shaped?.inputs?.grid).toEqual({ data: Float32Array.of(...four, ...four), shape: [2, 2, 2] });
    expect(shaped?.targets?.mask.shape).toEqual([2, 4, 1]);
  });

  it.each<[string, readonly Example['aux'][], AuxiliaryShapes | undefined, string]>([
    [
      'another length',
      [{ inputs: { grid: four } }],
      { inputs: { grid: [3] } },
      "4 values for 'grid', but their shape is [3]",
    ],
    ['none', [{ inputs: { grid: four } }, undefined], undefined, "values for 'grid' and others without"],
    ['none as target', [{ targets: { mask: 0 } }, {}], undefined, "values for 'mask' and others without"],
    ['numbers and values', [{ targets: { mask: 0 } }, { targets: { mask: four } }], undefined, 'Give the same kind'],
  ])('are refused where an example has %s', (_what, auxes, shapes, message) => {
    expect(() => batchOf(auxes, shapes)).toThrow(InvalidArgumentError);
    expect(() => batchOf(auxes, shapes)).toThrow(message);
  });

  it.each<[string, Auxiliary<{ data: Float32Array; shape: readonly number[] }>, string]>([
    ['input', { inputs: { meta: { data: four, shape: [2, 2] } } }, 'x has 3 rows and aux.inputs.meta has 2'],
    ['target', { targets: { box: { data: four, shape: [4] } } }, 'x has 3 rows and aux.targets.box has 4'],
    ['shape', { inputs: { meta: { data: four, shape: [3, 2] } } }, 'aux.inputs.meta has 4 values'],
    ['array', { inputs: { meta: undefined as never } }, 'aux.inputs.meta must be { data, shape }'],
    ['target array', { targets: { box: null as never } }, 'aux.targets.box must be { data, shape }'],
    ['data', { targets: { box: { data: four } as never } }, 'aux.targets.box must be { data, shape }'],
  ])('are refused by fromArrays where they are not what they should be (%s)', (_what, aux, message) => {
    expect(() => fromArrays({ x: source.x, y: [0, 1, 2], aux })).toThrow(message);
  });

  it('may be null from JavaScript, which is as good as none', () => {
    expect(fromArrays({ x: source.x, y: [0, 1, 2], aux: null as never })).not.toHaveProperty('aux');
  });

  const rowBatch: Batch = toBatch([0, 2].map((row, position) => sampleOf({ source, row, position })));
  const values: Batch = toBatch(
    [0, 2].map((row, position) => sampleOf({ source, row, position, example: exampleOf(sampleOf({ source, row })) })),
  );

  it.each([
    ['rows', rowBatch],
    ['values', values],
  ])('pass augmentImages as they are (%s)', async (_what, batch) => {
    const flipped = (await lastValueFrom(
      of(batch).pipe(augmentImages(augmentation({ horizontalFlip: true }), { workers: 0 })),
    )) as ValueBatch;
    expect(flipped.aux?.inputs).toEqual(meta(0, 1, 20, 21));
    expect(flipped.aux?.targets?.kind).toEqual({ data: Float32Array.of(5, 7), shape: [2] });
  });

  it('are refused by mixup, which knows nothing of them', async () => {
    await expect(lastValueFrom(of(rowBatch).pipe(mixup({ classes: 3 })))).rejects.toThrow('mixes x and y alone');
  });
});

describe('a batch of values', () => {
  const column = (rows: number): HostArray => ({ data: new Float32Array(rows), shape: [rows, 1] });

  it.each<[string, Auxiliary<HostArray>]>([
    ['an input', { inputs: { labels: column(3) } }],
    ['a target', { targets: { labels: column(3) } }],
    ['an input that has an output’s name', { inputs: { labels: column(3) }, targets: { labels: column(2) } }],
  ])('is refused where %s has another number of rows', (_what, aux) => {
    const cursor = { epoch: 0, position: 2 };
    const batch: Batch = { kind: 'values', x: column(2), y: column(2), aux, size: 2, epoch: 0, seed: 1, cursor };
    expect(() => hostValues(batch)).toThrow('A batch of 2 examples has labels of shape [3,1]');
  });
});
