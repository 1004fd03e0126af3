import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaleBytes } from '../../../src/data/scaleBytes.js';
import { scaleInPlace } from '../../../src/data/scaleInPlace.js';
import type { Scaling } from '../../../src/data/source.js';
import { joinPieces } from '../../helpers/joinPieces.js';

/** The reference: one by one. */
function inJavaScript(bytes: Uint8Array, scaling: Scaling): Float32Array {
  const data = new Float32Array(bytes);
  scaleInPlace(data, scaling, bytes.length);
  return data;
}

function scaled(bytes: Uint8Array, scaling: Scaling): Float32Array {
  return joinPieces(scaleBytes(bytes, scaling), bytes.length);
}

const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7919) >> 3);
const meanOf = (size: number, scale: number): Scaling['mean'] => ({
  data: Float32Array.from({ length: size }, (_, i) => scale * ((i * 37) % 251)),
  shape: [size],
});

describe('scaleBytes', () => {
  it('gives the same numbers as scaleInPlace, whatever the length, with or without a mean', () => {
    const scales = fc.double({ min: -300, max: 300, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50_000 }), scales, fc.boolean(), (length, scale, hasMean) => {
        const mean = hasMean ? meanOf(length, scale) : undefined;
        const scaling = { scale, ...(mean && { mean }) };
        expect(scaled(bytesOf(length), scaling)).toEqual(inJavaScript(bytesOf(length), scaling));
      }),
      { numRuns: 60 },
    );
  });

  it('remembers no mean of the call before', () => {
    scaled(bytesOf(30), { scale: 1, mean: { data: new Float32Array(30).fill(9), shape: [30] } });
    expect(scaled(bytesOf(30), { scale: 1 })).toEqual(new Float32Array(bytesOf(30)));
  });
});
