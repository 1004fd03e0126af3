import { describe, expect, it } from 'vitest';
import { sampleOf } from '../../../operators/testing/samples.js';
import { streamSource } from '../../../operators/testing/sources.js';
import { type HostData, sizeOf } from '../../../src/array/hostArray.js';
import type { ValueBatch } from '../../../src/data/batch.js';
import { inputPieces } from '../../../src/data/inputPieces.js';
import type { Scaling, Source } from '../../../src/data/source.js';
import { toBatch } from '../../../src/data/toBatch.js';
import { joinPieces } from '../../helpers/joinPieces.js';

const SIZE = 20_000;
const bytes = Uint8Array.from({ length: SIZE }, (_, i) => i * 7);
const floats = Float32Array.from({ length: SIZE }, (_, i) => i / 9);
const mean = { data: Float32Array.from({ length: SIZE }, (_, i) => i / SIZE), shape: [SIZE] };

function batchOf(inputs: readonly HostData[], scaling?: Scaling): ValueBatch {
  const source = { ...streamSource(), inputShape: [SIZE], ...(scaling && { scaling }) } as Source;
  const made = toBatch(inputs.map((x, position) => sampleOf({ source, position, example: { x, y: 0 } })));
  if (made.kind !== 'values') throw new Error('expected values');
  return made;
}

const joined = (batch: ValueBatch): Float32Array => joinPieces(inputPieces(batch), sizeOf(batch.x.shape));

describe('inputPieces', () => {
  it.each<[string, readonly HostData[], Scaling | undefined]>([
    ['bytes, longer than a piece', [bytes, bytes.slice().reverse()], { scale: 1 / 255 }],
    ['bytes less a mean', [bytes, bytes], { scale: 1 / 255, mean }],
    ['floats', [floats], { scale: 0.5, mean }],
    ['bytes and floats', [bytes, floats, bytes], { scale: 3 }],
    ['bytes without scaling', [bytes, bytes], undefined],
    ['floats without scaling', [floats, floats], undefined],
  ])('are the numbers of x: %s', (_, inputs, scaling) => {
    const batch = batchOf(inputs, scaling);
    expect(joined(batch)).toEqual(Float32Array.from(batch.x.data));
  });

  it('can be gone through again, also after a walk that was left early', () => {
    const pieces = inputPieces(batchOf([bytes, bytes], { scale: 2 }));
    for (const _ of pieces) break;
    const expected = Float32Array.from([...bytes, ...bytes], byte => 2 * byte);
    expect(joinPieces(pieces, 2 * SIZE)).toEqual(expected);
    expect(joinPieces(pieces, 2 * SIZE)).toEqual(expected);
  });

  it('are the inputs that somebody has changed, who leaves out what was stored', () => {
    const { stored: _, ...batch } = batchOf([bytes], { scale: 1 });
    const x = { data: Uint8Array.of(3, 4), shape: [1, 2] };
    expect(joined({ ...batch, x })).toEqual(Float32Array.of(3, 4));
  });

  it('leave what the source stores as it is', () => {
    const before = floats.slice();
    joined(batchOf([floats], { scale: 0.5, mean }));
    expect(floats).toEqual(before);
  });
});
