import { afterEach, describe, expect, it } from 'vitest';
import { NotTraceableError } from '../../../src/graph/notTraceableError.js';

const { prepareStackTrace } = Error;

afterEach(() => {
  Error.prepareStackTrace = prepareStackTrace;
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
});
