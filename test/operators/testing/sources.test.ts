import { describe, expect, it } from 'vitest';
import { batchOf, sampleOf } from '../../../operators/testing/samples.js';
import { arraySource, indexedSource, streamSource } from '../../../operators/testing/sources.js';

describe('data builders', () => {
  it('make the same rows in all kinds of sources', async () => {
    const size = 300;
    const arrays = arraySource({ size });
    const streamed = [...(streamSource({ size }).open(0) as Iterable<{ x: Uint8Array; y: number }>)];
    for (const row of [0, 1, 299]) {
      const read = await indexedSource({ size }).read(row);
      expect(read).toEqual({ x: Uint8Array.of(row & 255, row >> 8), y: row % 3 });
      expect(streamed[row]).toEqual(read);
      expect(arrays.x.data.slice(2 * row, 2 * row + 2)).toEqual(read.x);
      expect(arrays.y.data[row]).toBe(read.y);
    }
  });

  it('make samples and batches', () => {
    expect(sampleOf({ position: 3 })).toMatchObject({ position: 3, row: 3, epoch: 0 });
    expect(batchOf([1, 2])).toMatchObject({ rows: Int32Array.of(1, 2), size: 2, cursor: { epoch: 0, position: 2 } });
  });
});
