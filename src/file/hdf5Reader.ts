import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Dataset as Hdf5Dataset, File as Hdf5File } from 'h5wasm/node';
import { sizeOf } from '../array/hostArray.js';
import { FileFormatError } from '../error/fileFormatError.js';
import { arrayBlocks } from './arrayBlocks.js';
import { asciiAsUtf8 } from './asciiAsUtf8.js';
import { checkHdf5File } from './checkHdf5File.js';
import { bfloat16ToFloat32, float16ToFloat32 } from './halfPrecision.js';
import { hdf5Library } from './hdf5Library.js';
import type { StoredArray, StoredData } from './storedArray.js';

/** HDF5's number for strings that are declared ASCII. */
const ASCII = 0;
/** Bytes read at a time: the library's memory, which never shrinks, stays small beside a large array. */
const PIECE_BYTES = 4 * 1024 * 1024;
/** Deflate can't shrink data further than this. */
const MAX_COMPRESSION = 1032;

/**
 * An HDF5 file open for reading, straight from the disk: only what is asked for comes into memory. What a file claims is
 * checked before it is believed: its length against the superblock, an array's size against the file's, and links (into
 * other files, or around in this one) aren't followed. Keras writes neither.
 */
export class Hdf5Reader {
  private readonly listed = new Map<string, ReadonlySet<string>>();
  /** Paths that were found to be no links. */
  private readonly direct = new Set<string>();

  private constructor(
    private readonly file: Hdf5File,
    private readonly library: Awaited<ReturnType<typeof hdf5Library>>,
    private readonly fileBytes: number,
    /** Names the file in messages. */
    readonly origin: string,
  ) {}

  /**
   * @param origin names the file in messages; default: its base name
   * @throws FileFormatError where the file isn't a whole HDF5 file
   */
  static async open(path: string, origin: string = basename(path)): Promise<Hdf5Reader> {
    const fileBytes = statSync(path).size;
    checkHdf5File(path, fileBytes, origin);
    const library = await hdf5Library();
    const file = opened(() => new library.File(path, 'r'));
    if (file === null) throw new FileFormatError(`${origin}: damaged HDF5 file. Copy or download it again.`);
    return new Hdf5Reader(file, library, fileBytes, origin);
  }

  /** Names of a group's members; `''` is the root. Empty where there is no such group. */
  children(path: string): ReadonlySet<string> {
    let names = this.listed.get(path);
    if (names === undefined) {
      names = this.has(path) ? this.guard(path, () => new Set(this.group(path)?.keys() ?? [])) : new Set();
      this.listed.set(path, names);
    }
    return names;
  }

  /** Whether there is a group or an array. */
  has(path: string): boolean {
    if (path === '') return true;
    const cut = path.lastIndexOf('/');
    const parent = path.slice(0, Math.max(cut, 0));
    return this.children(parent).has(path.slice(cut + 1));
  }

  /** An attribute that holds a text, or null. */
  text(path: string, attribute: string): string | null {
    const value = this.attribute(path, attribute);
    return typeof value === 'string' ? value : null;
  }

  /**
   * An attribute that holds a list of names, or null. A list over 64,512 bytes stands in several attributes: `names0`,
   * `names1`, … An empty list may be an empty array of numbers.
   */
  texts(path: string, attribute: string): string[] | null {
    const whole = this.attribute(path, attribute);
    if (whole !== null) return this.names(path, attribute, whole);
    const parts: string[] = [];
    for (let i = 0; ; i++) {
      const part = this.attribute(path, `${attribute}${i}`);
      if (part === null) return i === 0 ? null : parts;
      parts.push(...this.names(path, attribute, part));
    }
  }

  /**
   * An array's description; values are read when asked for.
   *
   * @throws FileFormatError where there is no such array, it is behind a link, or it claims more than the file can hold
   */
  array(path: string): StoredArray {
    this.refuseLinks(path);
    const dataset = this.guard(path, () => this.file.get(`/${path}`));
    if (dataset === null || !(dataset instanceof this.library.Dataset)) {
      throw this.error(path, 'the array is missing');
    }
    const { metadata, filters } = this.guard(path, () => ({ metadata: dataset.metadata, filters: dataset.filters }));
    const shape = metadata.shape;
    if (shape === null) throw this.error(path, 'the array has no shape');
    if (metadata.virtual_sources !== undefined && metadata.virtual_sources.length > 0) {
      throw this.error(path, 'the array refers to other files');
    }
    const bytes = sizeOf(shape) * metadata.size;
    const limit = filters.length === 0 ? this.fileBytes : this.fileBytes * MAX_COMPRESSION;
    if (bytes > limit) {
      throw this.error(path, `an array of shape [${shape}] has ${bytes} bytes, but the file only ${this.fileBytes}`);
    }
    const type = this.guard(path, () => typeOf(dataset));
    if (!Object.hasOwn(READABLE, type)) {
      throw this.error(path, `arrays of type ${JSON.stringify(type)} can't be read; known: ${Object.keys(READABLE)}`);
    }
    const stored = READABLE[type];
    const name = path.slice(path.lastIndexOf('/') + 1);
    const pieces = (): Iterable<StoredData> => this.pieces(path, shape, stored);
    return { name, shape, pieces, read: () => joined(pieces(), new stored.Data(sizeOf(shape))) };
  }

  close(): void {
    this.file.close();
  }

  /** Values pass through one small piece of the library's memory; it grows by that, not by the array. */
  private *pieces(path: string, shape: readonly number[], { Data, widen }: StoredType): Generator<StoredData> {
    const { Module } = this.library;
    const { BYTES_PER_ELEMENT: bytes } = widen === undefined ? Data : Uint16Array;
    const most = Math.floor(PIECE_BYTES / bytes);
    const memory = Module._malloc(Math.min(sizeOf(shape), most) * bytes);
    try {
      for (const { offset, count } of arrayBlocks(shape, most)) {
        const isWhole = sizeOf(count) === sizeOf(shape);
        const [counts, offsets, strides] = isWhole
          ? [null, null, null]
          : [count.map(BigInt), offset.map(BigInt), count.map(() => 1n)];
        this.guard(path, () => {
          const { file_id } = this.file;
          const status = Module.get_dataset_data(file_id, `/${path}`, counts, offsets, strides, BigInt(memory));
          if (status < 0)
            throw this.error(path, 'damaged: its values could not be read. Copy or download the file again');
        });
        // Reading may have moved the library's memory.
        const { buffer } = Module.HEAPU8;
        const size = sizeOf(count);
        yield widen === undefined ? new Data(buffer, memory, size) : widen(new Uint16Array(buffer, memory, size));
      }
    } finally {
      Module._free(memory);
    }
  }

  private group(path: string) {
    const entity = path === '' ? this.file : this.file.get(`/${path}`);
    return entity instanceof this.library.Group ? entity : null;
  }

  private attribute(path: string, name: string): unknown {
    this.refuseLinks(path);
    const group = this.guard(path, () => this.group(path));
    if (group === null) return null;
    return this.guard(path, () => {
      if (!Object.hasOwn(group.attrs, name)) return null;
      const { value, metadata } = group.attrs[name];
      if (metadata.cset !== ASCII) return value;
      if (typeof value === 'string') return asciiAsUtf8(value);
      return Array.isArray(value) ? value.map(item => (typeof item === 'string' ? asciiAsUtf8(item) : item)) : value;
    });
  }

  private names(path: string, attribute: string, value: unknown): string[] {
    if (ArrayBuffer.isView(value) && value.byteLength === 0) return [];
    if (Array.isArray(value) && value.every(name => typeof name === 'string')) return value;
    throw this.error(path, `the attribute ${attribute} is not a list of names`);
  }

  /** Goes down from the root, for a path would be resolved through links otherwise. */
  private refuseLinks(path: string): void {
    let prefix = '';
    for (const part of path.split('/')) {
      if (part === '') continue;
      if (!this.children(prefix).has(part)) return;
      prefix = prefix === '' ? part : `${prefix}/${part}`;
      if (this.direct.has(prefix)) continue;
      const isLink = this.guard(
        prefix,
        () =>
          this.file.get_link(`/${prefix}`) !== null || this.file.get_external_link(`/${prefix}`).filename !== undefined,
      );
      if (isLink) throw this.error(path, 'it is a link, and links are not followed');
      this.direct.add(prefix);
    }
  }

  /**
   * The library throws errors of its own kinds, with little in them. While it reads it may open no other file: an array's
   * values can be declared to lie in one, which can't be seen from here.
   */
  private guard<T>(path: string, read: () => T): T {
    const files = this.library.FS as unknown as { open: unknown };
    const { open } = files;
    files.open = () => {
      throw this.error(path, 'it refers to another file');
    };
    try {
      return read();
    } catch (error) {
      if (error instanceof FileFormatError) throw error;
      throw this.error(path, 'damaged: it could not be read. Copy or download the file again');
    } finally {
      files.open = open;
    }
  }

  private error(path: string, problem: string): FileFormatError {
    return new FileFormatError(`${this.origin}: '${path === '' ? '/' : path}': ${problem}.`);
  }
}

interface ArrayOf {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): StoredData;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): StoredData;
}

/** How numbers are read. */
interface StoredType {
  /** What they become. */
  readonly Data: ArrayOf;
  /** Where JavaScript has no arrays for them: makes them of two bytes each. */
  readonly widen?: (halves: Uint16Array) => Float32Array;
}

const READABLE: Readonly<Record<string, StoredType>> = {
  '<f': { Data: Float32Array },
  '<d': { Data: Float64Array },
  '<e': { Data: Float32Array, widen: float16ToFloat32 },
  bfloat16: { Data: Float32Array, widen: bfloat16ToFloat32 },
  '<i': { Data: Int32Array },
  '<I': { Data: Uint32Array },
  '<q': { Data: BigInt64Array },
  '<b': { Data: Int8Array },
  '<B': { Data: Uint8Array },
};

/** HDF5 has no bfloat16: Keras stores two opaque bytes a number, and says in an attribute what they are. */
function typeOf({ dtype, attrs, metadata }: Hdf5Dataset): string {
  const isNamed = Object.hasOwn(attrs, 'dtype') && attrs.dtype.value === 'bfloat16';
  return isNamed && metadata.size === 2 ? 'bfloat16' : typeof dtype === 'string' ? dtype : JSON.stringify(dtype);
}

/** Null where the library can't open it: it says so, or aborts. */
function opened(open: () => Hdf5File): Hdf5File | null {
  try {
    const file = open();
    return file.file_id < 0n ? null : file;
  } catch {
    return null;
  }
}

/** Fills `whole` with the pieces. */
function joined(pieces: Iterable<StoredData>, whole: StoredData): StoredData {
  let at = 0;
  for (const piece of pieces) {
    (whole as Float32Array).set(piece as Float32Array, at);
    at += piece.length;
  }
  return whole;
}
