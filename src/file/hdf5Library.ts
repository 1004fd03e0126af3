import { openSync } from 'node:fs';
import { devNull } from 'node:os';

type Library = typeof import('h5wasm/node');

let loading: Promise<Library> | undefined;

/**
 * h5wasm, loaded when it is first needed: it compiles 4 MB of WebAssembly. Its build for Node works on the disk directly,
 * without a copy of the file in memory.
 */
export function hdf5Library(): Promise<Library> {
  loading ??= import('h5wasm/node').then(async library => {
    await library.ready;
    silence(library);
    return library;
  });
  return loading;
}

/** HDF5 prints a stack of its own on standard error at each failure, which we report in words. */
function silence({ FS }: Library): void {
  const { streams } = FS as unknown as { readonly streams: { nfd: number }[] };
  streams[2].nfd = openSync(devNull, 'w');
}
