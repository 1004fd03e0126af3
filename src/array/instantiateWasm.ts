/** What is used of it here; TypeScript's own declarations are for browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** What each module of scripts/wasm exports, besides its functions. */
export interface WasmMemory {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
}

const PAGE = 65_536;

/** A new instance of what scripts/wasm.mjs has compiled, base64. */
export const instantiateWasm = <E extends WasmMemory>(base64: string): E =>
  new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(base64, 'base64'))).exports as E;

/** Memory of at least so many bytes; arrays of it that were made before are empty where it had to grow. */
export function memoryOf({ memory }: WasmMemory, bytes: number): ArrayBuffer {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return memory.buffer;
}
