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
 * Network inputs of a row of bytes, the same numbers as {@link scaleInPlace} gives. By SIMD instructions of WebAssembly, which take a
 * quarter of the time.
 */
export function scaleBytes(bytes: Uint8Array, target: Float32Array, scaling: Scaling): void {
  scaler ??= instantiate();
  const { scale, input, mean, output } = scaler;
  if (scaling.mean === undefined) mean.fill(0, 0, bytes.length);
  for (let from = 0; from < bytes.length; from += MOST) {
    const to = Math.min(from + MOST, bytes.length);
    input.set(bytes.subarray(from, to));
    if (scaling.mean !== undefined) mean.set(scaling.mean.data.subarray(from, to));
    scale(input.byteOffset, output.byteOffset, mean.byteOffset, to - from, scaling.scale);
    target.set(output.subarray(0, to - from), from);
  }
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
