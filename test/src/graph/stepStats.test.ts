import { describe, expect, it } from 'vitest';
import { chromeTrace } from '../../../src/graph/chromeTrace.js';
import { operationTimes } from '../../../src/graph/stepStats.js';

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];
const number = (field: number, value: number): number[] => [field << 3, ...varint(value)];
const message = (field: number, content: number[]): number[] => [
  (field << 3) | 2,
  ...varint(content.length),
  ...content,
];
const text = (field: number, value: string): number[] => message(field, [...new TextEncoder().encode(value)]);

/** A `RunMetadata` with one device and the given nodes: name, label, microseconds, nanoseconds from and to. */
const metadata = (...nodes: [string, string, number, number, number][]): Uint8Array =>
  Uint8Array.from(
    message(
      1,
      message(1, [
        ...text(1, '/device:CPU:0'),
        ...nodes.flatMap(([name, label, micros, from, to]) =>
          message(2, [
            ...text(1, name),
            ...number(2, micros),
            ...text(8, label),
            ...[(9 << 3) | 1, 0, 0, 0, 0, 0, 0, 0, 0],
            ...[(10 << 3) | 5, 0, 0, 0, 0],
            ...number(14, from),
            ...number(15, to),
          ]),
        ),
      ]),
    ),
  );

describe('operationTimes', () => {
  it('reads names, types and times, and skips fields it does not know', () => {
    expect(
      operationTimes(metadata(['MatMul_1', '[CPU] MatMul_1 = MatMul(a, b)', 1000, 500, 30_500], ['x', '', 1100, 0, 7])),
    ).toEqual([
      { name: 'MatMul_1', type: 'MatMul', device: '/device:CPU:0', start: 1000.5, duration: 30 },
      { name: 'x', type: '', device: '/device:CPU:0', start: 1100, duration: 0.007 },
    ]);
  });

  it('reads nothing out of nothing', () => {
    expect(operationTimes(new Uint8Array())).toEqual([]);
  });

  it('refuses what is no protocol buffer', () => {
    expect(() => operationTimes(Uint8Array.of(0x07))).toThrow(/wire type 7/);
  });
});

describe('chromeTrace', () => {
  it('puts operations that overlap on lanes of their own', () => {
    const kernel = (name: string, start: number, duration: number) => ({
      name,
      type: 'T',
      device: '',
      start,
      duration,
    });
    const { traceEvents } = JSON.parse(chromeTrace([kernel('c', 150, 5), kernel('a', 100, 50), kernel('b', 120, 10)]));
    expect(traceEvents.map(({ ts, dur, tid }: Record<string, number>) => [ts, dur, tid])).toEqual([
      [0, 50, 0],
      [20, 10, 1],
      [50, 5, 0],
    ]);
  });

  it('shows an operation by its type, or its name where that is not known, and one of no time, too', () => {
    const [typed, short] = [
      { name: 'MatMul_1', type: 'MatMul', device: '', start: 100, duration: 50 },
      { name: 'x', type: '', device: '', start: 200, duration: 0 },
    ];
    // As the trace event format has complete events.
    const shown = { cat: 'kernel', ph: 'X', pid: 1, tid: 0 };
    expect(JSON.parse(chromeTrace([typed, short])).traceEvents).toEqual([
      { ...shown, name: 'MatMul', ts: 0, dur: 50, args: { operation: 'MatMul_1' } },
      { ...shown, name: 'x', ts: 100, dur: 1, args: { operation: 'x' } },
    ]);
  });
});
