type Library = typeof import('h5wasm/node');

let loading: Promise<Library> | undefined;

/**
 * h5wasm, loaded when it is first needed: it compiles 4 MB of WebAssembly. Its build for Node works on the disk directly,
 * without a copy of the file in memory.
 */
export function hdf5Library(): Promise<Library> {
  loading ??= import('h5wasm/node').then(async library => {
    await library.ready;
    return library;
  });
  return loading;
}
