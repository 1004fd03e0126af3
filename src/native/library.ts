import koffi, { type LibraryHandle } from 'koffi';
import { GradstreamError } from '../error/gradstreamError.js';
import { defaultEnvironment } from './defaultEnvironment.js';
import { dlopen, LoaderFlag } from './dynamicLoader.js';
import { quietly } from './quietly.js';
import {
  type CApi,
  type NativeFunction,
  optionalSignatures,
  type Pointer,
  type PointerArgument,
  signatures,
} from './signatures.js';

/** TensorFlow's C API and the few helpers of C's own library that it needs, callable from JavaScript. */
export interface Library extends CApi {
  /** Copies `bytes` bytes; either side may be native memory or a typed array. */
  readonly memcpy: NativeFunction<Pointer, [PointerArgument, PointerArgument, number]>;
}

/** The two files of libtensorflow that are loaded, the framework first. */
export interface LibraryFiles {
  readonly framework: string;
  readonly cc: string;
}

/** libtensorflow is there but can't be loaded: wrong architecture, missing system library, cut file. */
export class LibraryLoadError extends GradstreamError {}

let loaded: { readonly files: LibraryFiles; readonly library: Library } | undefined;

/**
 * Loads libtensorflow, once a process: it can't be unloaded, and two of them in one process clash.
 *
 * @throws LibraryLoadError where the system refuses a file.
 */
export function loadLibrary(files: LibraryFiles): Library {
  if (loaded !== undefined) {
    if (loaded.files.cc === files.cc) return loaded.library;
    throw new LibraryLoadError(
      `libtensorflow is loaded from ${loaded.files.cc} already; a process can't load a second one from ${files.cc}. Start a new process.`,
    );
  }
  setLibraryEnvironment();
  const library = quietly(() => attachLibrary(files));
  loaded = { files, library };
  return library;
}

/**
 * What libtensorflow reads while it is being loaded. Level 2 keeps errors; oneDNN's kernels are on by default only on the
 * newest processors, but on older ones too they run a convolution's gradients two to five times as fast. Without threads of its own a
 * session has as many as the first one of the process, whatever its configuration says.
 */
export function setLibraryEnvironment(): void {
  defaultEnvironment({ TF_CPP_MIN_LOG_LEVEL: '2', TF_ENABLE_ONEDNN_OPTS: '1', TF_OVERRIDE_GLOBAL_THREADPOOL: '1' });
}

/** The functions of a library that another thread of the process has loaded by {@link loadLibrary}. */
export const attachLibrary = (files: LibraryFiles): Library =>
  declare(open(files.framework, true), open(files.cc, false));

function open(file: string, global: boolean): LibraryHandle {
  try {
    const library = koffi.load(file, { global });
    // At once: of two files the second may be refused.
    keepLoaded(file);
    return library;
  } catch (error) {
    throw new LibraryLoadError(
      `The TensorFlow library ${file} can't be loaded: ${(error as Error).message}. ` +
        `'npx gradstream doctor' says what this machine lacks; 'npx gradstream setup --force' fetches the library anew.`,
      { cause: error },
    );
  }
}

/** koffi unloads libraries when the process ends, under the feet of TensorFlow's threads: a crash after a good run. */
function keepLoaded(file: string): void {
  dlopen()(file, LoaderFlag.now | LoaderFlag.noLoad | LoaderFlag.noDelete);
}

function declare(framework: LibraryHandle, cc: LibraryHandle): Library {
  koffi.struct('TF_Output', { oper: 'void *', index: 'int' });
  const functions: Record<string, unknown> = {};
  for (const [name, [result, args]] of Object.entries(signatures)) {
    functions[name] = functionIn([cc, framework], name, result, [...args]);
  }
  for (const [name, [result, args]] of Object.entries(optionalSignatures)) {
    functions[name] = findFunction([cc, framework], name, result, [...args]);
  }
  functions.memcpy = koffi.load(null).func('memcpy', 'void *', ['void *', 'void *', 'size_t']);
  return functions as unknown as Library;
}

function functionIn(libraries: LibraryHandle[], name: string, result: string, args: string[]): unknown {
  const found = findFunction(libraries, name, result, args);
  if (found !== undefined) return found;
  throw new LibraryLoadError(
    `The TensorFlow library has no function ${name}: it is too old or not TensorFlow. Needed is 2.16 or later.`,
  );
}

/** The symbols are spread over both files, differently from version to version. */
function findFunction(libraries: LibraryHandle[], name: string, result: string, args: string[]): unknown {
  for (const library of libraries) {
    try {
      return library.func(name, result, args);
    } catch {
      // The other file has it, or none.
    }
  }
  return undefined;
}
