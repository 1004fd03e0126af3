import { scaleWasm } from './scaleWasm.js';
import type { Scaling } from './source.js';

/** What is used of it here; TypeScript's own declarations are for browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Exports };
};

interface Exports {
  /** See scripts/wasm/scale.ts. */
  readonly scale: (input: number, output: number, mean: number, count: number, factor: number) => void;
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
}

interface Scaler {
  readonly scale: Exports['scale'];
  readonly input: Uint8Array;
  readonly mean: Float32Array;
  readonly output: Float32Array;
}

const PAGE = 65_536;
/** Values at one time: small enough for a processor's cache. A multiple of what is done at once, so that nothing lies beyond. */
const MOST = 16_384;

let scaler: Scaler | undefined;

/**
 * Network inputs of bytes, the same numbers as {@link scaleInPlace} gives. By SIMD instructions of WebAssembly, which take a quarter
 * of the time.
 *
 * @param bytes whole rows of `size` values
 */
export function scaleBytes(bytes: Uint8Array, scaling: Scaling, size: number): Float32Array {
  scaler ??= instantiate();
  const { scale, input, mean, output } = scaler;
  const result = new Float32Array(bytes.length);
  if (scaling.mean === undefined) mean.fill(0);
  const row = scaling.mean === undefined ? bytes.length : size;
  for (let start = 0; start < bytes.length; start += row) {
    for (let j = 0; j < row; j += MOST) {
      const [from, to] = [start + j, start + Math.min(j + MOST, row)];
      input.set(bytes.subarray(from, to));
      if (scaling.mean !== undefined) mean.set(scaling.mean.data.subarray(j, j + to - from));
      scale(input.byteOffset, output.byteOffset, mean.byteOffset, to - from, scaling.scale);
      result.set(output.subarray(0, to - from), from);
    }
  }
  return result;
}

function instantiate(): Scaler {
  const module = new WebAssembly.Module(Buffer.from(scaleWasm, 'base64'));
  const { scale, memory } = new WebAssembly.Instance(module).exports;
  memory.grow(Math.ceil((9 * MOST) / PAGE));
  const { buffer } = memory;
  return {
    scale,
    output: new Float32Array(buffer, 0, MOST),
    mean: new Float32Array(buffer, 4 * MOST, MOST),
    input: new Uint8Array(buffer, 8 * MOST, MOST),
  };
}
