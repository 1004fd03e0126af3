import type { HostData } from '../array/hostArray.js';
import { instantiateWasm, memoryOf, type WasmMemory } from '../array/instantiateWasm.js';
import type { AffineMatrix } from './affineMatrix.js';
import { bilinearWasm } from './bilinearWasm.js';
import type { Warp } from './warpAffine.js';

interface BilinearExports extends WasmMemory {
  readonly warp: NativeWarp;
}

/** `warp` of scripts/wasm/bilinear.ts. */
type NativeWarp = (
  ...args: [rows: number, columns: number, input: number, output: number, ...AffineMatrix, shift: number]
) => void;

/** The compiled code with memory for pictures of one size. */
interface Bilinear {
  readonly rows: number;
  readonly columns: number;
  readonly warp: NativeWarp;
  readonly input: Uint8Array;
  readonly output: Float32Array;
}

/** How far the code reads and writes beyond a picture, besides a row. */
const MARGIN = 16;

let bilinear: Bilinear | undefined;

/** Whether {@link warpBytes} can draw it. */
export const canWarpBytes = (input: HostData, { channels, border, order }: Warp): boolean =>
  input instanceof Uint8Array && channels === 3 && border === 'nearest' && order === 1;

/**
 * What `warpGeneral` does, and `shiftChannels` after it, for colour pictures of bytes, bilinear, edges repeated: the usual
 * case. By SIMD instructions of WebAssembly, which take a third of the time.
 *
 * @param channelShift 0 for none
 */
export function warpBytes(
  input: HostData,
  start: number,
  output: Float32Array,
  at: number,
  matrix: AffineMatrix,
  { rows, columns }: Warp,
  channelShift: number,
): void {
  if (bilinear?.rows !== rows || bilinear.columns !== columns) bilinear = instantiate(rows, columns);
  const { warp, input: from, output: to } = bilinear;
  from.set(input.subarray(start, start + from.length));
  warp(rows, columns, from.byteOffset, to.byteOffset, ...matrix, channelShift);
  output.set(to, at);
}

function instantiate(rows: number, columns: number): Bilinear {
  const exports = instantiateWasm<BilinearExports>(bilinearWasm);
  const size = rows * columns * 3;
  const outputAt = Math.ceil((size + columns * 3 + MARGIN) / MARGIN) * MARGIN;
  const buffer = memoryOf(exports, outputAt + size * 4 + MARGIN);
  return {
    rows,
    columns,
    warp: exports.warp,
    input: new Uint8Array(buffer, 0, size),
    output: new Float32Array(buffer, outputAt, size),
  };
}
