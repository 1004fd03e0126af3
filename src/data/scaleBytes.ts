import { instantiateWasm, memoryOf, type WasmMemory } from '../array/instantiateWasm.js';
import { scaleWasm } from './scaleWasm.js';
import type { Scaling } from './source.js';

interface Exports extends WasmMemory {
  /** See scripts/wasm/scale.ts. */
  readonly scale: (input: number, output: number, mean: number, count: number, factor: number) => void;
}

interface Scaler {
  readonly scale: Exports['scale'];
  readonly input: Uint8Array;
  readonly mean: Float32Array;
  readonly output: Float32Array;
}

/** Values at one time: small enough for a processor's cache. A multiple of what is done at once, so that nothing lies beyond. */
const MOST = 32_768;
/**
 * Where the results lie, in bytes: a large array begins 16 bytes behind the start of a page, and processors of the kind of Zen 3 copy
 * by `rep movsb`, as memmove does, at a quarter of their speed to where lies up to 31 bytes further in its page.
 */
const OUTPUT_AT = 2048;

let scaler: Scaler | undefined;

/**
 * Network inputs of a row of bytes, the same numbers as {@link scaleInPlace} gives. By SIMD instructions of WebAssembly, which take a
 * quarter of the time. In pieces one after the other: the next one overwrites the last.
 */
export function* scaleBytes(bytes: Uint8Array, scaling: Scaling): Generator<Float32Array> {
  scaler ??= instantiate();
  const { scale, input, mean, output } = scaler;
  for (let from = 0; from < bytes.length; from += MOST) {
    const to = Math.min(from + MOST, bytes.length);
    input.set(bytes.subarray(from, to));
    if (scaling.mean !== undefined) mean.set(scaling.mean.data.subarray(from, to));
    const meanAt = scaling.mean === undefined ? 0 : mean.byteOffset;
    scale(input.byteOffset, output.byteOffset, meanAt, to - from, scaling.scale);
    yield output.subarray(0, to - from);
  }
}

function instantiate(): Scaler {
  const exports = instantiateWasm<Exports>(scaleWasm);
  const buffer = memoryOf(exports, OUTPUT_AT + 9 * MOST);
  return {
    scale: exports.scale,
    output: new Float32Array(buffer, OUTPUT_AT, MOST),
    mean: new Float32Array(buffer, OUTPUT_AT + 4 * MOST, MOST),
    input: new Uint8Array(buffer, OUTPUT_AT + 8 * MOST, MOST),
  };
}
