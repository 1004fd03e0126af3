import { afterEach, describe, expect, it } from 'vitest';
import { NotTraceableError } from '../../../src/graph/notTraceableError.js';

const { prepareStackTrace, stackTraceLimit } = Error;

afterEach(() => {
  Object.assign(Error, { prepareStackTrace, stackTraceLimit });
});

/** Where an error says that it comes from, whose stack has these places. */
function originOf(...places: string[]): string | undefined {
  Error.prepareStackTrace = () => ['Error', ...places.map(place => `    at call (${place})`)].join('\n');
  return new NotTraceableError('it reads values', 'Leave that out.').origin;
}

describe('NotTraceableError', () => {
  it("names the caller's line, not one of a package", () => {
    const places = [
      'file:///app/node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js:1:2',
      'file:///app/loss.js:8:14',
    ];
    expect(originOf(...places)).toBe('/app/loss.js:8:14');
  });

  it("passes over TensorFlow.js's sources, which its source maps place outside node_modules", () => {
    expect(originOf('/app/tfjs-core/src/engine.ts:1221:25', '/app/loss.ts:8:14')).toBe('/app/loss.ts:8:14');
    expect(originOf('/app/tfjs-backend-cpu/src/backend_cpu.ts:9:1', '/app/tfjs-layers/src/a.ts:1:1')).toBeUndefined();
  });

  it('passes over this library, whether built or not, but not over what stands beside it in its folder', () => {
    const root = new URL('../../../', import.meta.url);
    const own = ['src/learner/a.ts:1:1', 'dist/src/learner/a.js:1:1', 'dist/vendor/b.js:2:2', 'operators/c.ts:3:3'];
    const places = own.map(file => `${root.href}${file}`);
    expect(originOf(...places)).toBeUndefined();
    expect(originOf(...places.map(place => place.replace('file://', '')), '/app/loss.js:8:14')).toBe(
      '/app/loss.js:8:14',
    );
    expect(originOf(...places, `${root.href}examples/d.ts:4:4`)).toBe(`${root.pathname}examples/d.ts:4:4`);
    expect(originOf('/app/src/a.ts:1:1')).toBe('/app/src/a.ts:1:1');
  });

  it('sees farther than the frames that Node notes, and leaves that number as it was', () => {
    Error.stackTraceLimit = 7;
    const depths: number[] = [];
    Error.prepareStackTrace = (_, frames) => {
      depths.push(frames.length);
      return '';
    };
    const within = (calls: number): Error => (calls === 0 ? new NotTraceableError('a', 'b') : within(calls - 1));
    void within(50).stack;
    expect(Math.max(...depths)).toBeGreaterThan(50);
    expect(Error.stackTraceLimit).toBe(7);
  });
});
