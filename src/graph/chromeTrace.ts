import type { OperationTime } from './stepStats.js';

/** Kernel times as a Chrome trace: JSON that chrome://tracing and Perfetto show as bars over time. */
export function chromeTrace(kernels: readonly OperationTime[]): string {
  const start = Math.min(...kernels.map(kernel => kernel.start));
  const lanes: number[] = [];
  const events = [...kernels]
    .sort((a, b) => a.start - b.start)
    .map(({ name, type, start: begin, duration }) => ({
      name: type === '' ? name : type,
      cat: 'kernel',
      ph: 'X',
      ts: begin - start,
      dur: Math.max(duration, 1),
      pid: 1,
      tid: freeLane(lanes, begin, duration),
      args: { operation: name },
    }));
  return JSON.stringify({ traceEvents: events, displayTimeUnit: 'ms' });
}

/** TensorFlow doesn't tell the thread: kernels that overlap are put on lanes of their own. */
function freeLane(lanes: number[], begin: number, duration: number): number {
  const free = lanes.findIndex(end => end <= begin);
  const lane = free === -1 ? lanes.length : free;
  lanes[lane] = begin + duration;
  return lane;
}
