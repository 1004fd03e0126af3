import { describe, expect, it } from 'vitest';
import { sampleOf } from '../../../operators/testing/samples.js';
import { arraySource, streamSource } from '../../../operators/testing/sources.js';
import { exampleOf } from '../../../src/data/exampleOf.js';
import type { Sample } from '../../../src/data/sample.js';
import type { Example, Source } from '../../../src/data/source.js';
import { toBatch } from '../../../src/data/toBatch.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';

const streamed = (examples: readonly Example[], changes: Partial<Source> = {}): Sample[] => {
  const source = { ...streamSource(), ...changes } as Source;
  return examples.map((example, position) => sampleOf({ source, position, example }));
};

const values = (samples: readonly Sample[]) => {
  const made = toBatch(samples);
  if (made.kind !== 'values') throw new Error('expected values');
  return made;
};

describe('toBatch', () => {
  it('makes row numbers of references into resident arrays', () => {
    const source = arraySource();
    const samples = [4, 2].map((row, i) => sampleOf({ source, row, position: 6 + i, epoch: 3, seed: 8 }));
    expect(toBatch(samples)).toEqual({
      kind: 'rows',
      source,
      rows: Int32Array.of(4, 2),
      epoch: 3,
      seed: 8,
      size: 2,
      cursor: { epoch: 3, position: 8 },
    });
  });

  it('makes values of all where one of them carries its example', () => {
    const samples = [sampleOf({ position: 1 }), sampleOf({ position: 2, example: { x: Uint8Array.of(7, 8), y: 2 } })];
    const { x, y } = values(samples);
    expect(x).toEqual({ data: Uint8Array.of(1, 0, 7, 8), shape: [2, 2] });
    expect(y).toEqual({ data: Float32Array.of(1, 2), shape: [2] });
  });

  it('scales, then subtracts the mean', () => {
    const examples = [
      { x: Uint8Array.of(2, 4), y: 0 },
      { x: Uint8Array.of(6, 8), y: 1 },
    ];
    const mean = { data: Float32Array.of(0.5, 1), shape: [2] };
    expect(values(streamed(examples, { scaling: { scale: 0.5 } })).x.data).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(values(streamed(examples, { scaling: { scale: 0.5, mean } })).x.data).toEqual(
      Float32Array.of(0.5, 1, 2.5, 3),
    );
  });

  it('becomes float32 where examples have different types', () => {
    const examples = [
      { x: Uint8Array.of(1, 2), y: 0 },
      { x: Float32Array.of(0.5, 0.25), y: 0 },
    ];
    expect(values(streamed(examples)).x.data).toEqual(Float32Array.of(1, 2, 0.5, 0.25));
  });

  it('stacks target values', () => {
    const examples = [
      { x: Uint8Array.of(1, 2), y: Float32Array.of(0.5, 1) },
      { x: Uint8Array.of(3, 4), y: Float32Array.of(2, 3) },
    ];
    expect(values(streamed(examples)).y).toEqual({ data: Float32Array.of(0.5, 1, 2, 3), shape: [2, 2] });
  });

  it('carries weights, 1 where an example has none', () => {
    const examples = [
      { x: Uint8Array.of(1, 2), y: 0, weight: 0.5 },
      { x: Uint8Array.of(3, 4), y: 1 },
    ];
    expect(values(streamed(examples)).sampleWeight).toEqual(Float32Array.of(0.5, 1));
    expect('sampleWeight' in values(streamed(examples.slice(1)))).toBe(false);
  });

  it.each([
    ['inputs of another length', { x: Uint8Array.of(1), y: 0 }, "has 1 inputs, but 'inputShape' is [2]"],
    [
      'targets of another kind',
      { x: Uint8Array.of(1, 2), y: Float32Array.of(1) },
      'Give the same kind in all examples',
    ],
  ])('refuses %s', (_what, wrong, message) => {
    const samples = streamed([{ x: Uint8Array.of(0, 0), y: 0 }, wrong]);
    expect(() => toBatch(samples)).toThrow(InvalidArgumentError);
    expect(() => toBatch(samples)).toThrow(message);
  });

  it('refuses targets of another length, and a number among arrays', () => {
    const x = Uint8Array.of(0, 0);
    const first = { x, y: Float32Array.of(1, 2) };
    expect(() => toBatch(streamed([first, { x, y: Float32Array.of(1) }]))).toThrow('has 1 targets, but the first');
    expect(() => toBatch(streamed([first, { x, y: 1 }]))).toThrow('Give the same kind in all examples');
  });
});

describe('exampleOf', () => {
  it('copies a row with its targets and weight', () => {
    const source = {
      ...arraySource({ size: 3 }),
      y: { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] },
      sampleWeight: Float32Array.of(0.25, 0.5, 0.75),
    };
    expect(exampleOf(sampleOf({ source, row: 1 }))).toEqual({
      x: Uint8Array.of(1, 0),
      y: Float32Array.of(3, 4),
      weight: 0.5,
    });
  });

  it('gives the shape of a resident source’s targets to a batch', () => {
    const source = { ...arraySource({ size: 1 }), y: { data: new Float32Array(4), shape: [1, 2, 2] } };
    const sample = sampleOf({ source });
    expect(values([{ ...sample, example: exampleOf(sample) }]).y.shape).toEqual([1, 2, 2]);
  });
});
