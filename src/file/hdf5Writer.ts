import type { Group, File as Hdf5File } from 'h5wasm/node';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { hdf5Library } from './hdf5Library.js';
import type { StoredData } from './storedArray.js';

/** An attribute that is larger doesn't fit into an object's header. Keras: HDF5_OBJECT_HEADER_LIMIT. */
export const MAX_ATTRIBUTE_BYTES = 64_512;

type Library = Awaited<ReturnType<typeof hdf5Library>>;

/**
 * An HDF5 file being written, straight to the disk. Paths have no leading slash; groups on the way are made. Each method
 * throws the system's error (`code` ENOSPC, …) where the disk doesn't take the bytes.
 */
export class Hdf5Writer {
  private constructor(
    private readonly library: Library,
    private readonly file: Hdf5File,
  ) {}

  /** Makes the file, or empties it. */
  static async create(path: string): Promise<Hdf5Writer> {
    const library = await hdf5Library();
    const file = checked(library, () => new library.File(path, 'w'));
    if (file.file_id < 0n) throw new InvalidArgumentError(`HDF5 can't make the file ${path}: is its folder there?`);
    return new Hdf5Writer(library, file);
  }

  group(path: string): void {
    checked(this.library, () => this.opened(path));
  }

  /** A text of any length, stored outside the object's header. */
  text(path: string, attribute: string, value: string): void {
    checked(this.library, () => this.opened(path).create_attribute(attribute, value, [], 'S'));
  }

  /**
   * A list of names, split into `names0`, `names1`, … where it is too long for one attribute.
   *
   * @throws InvalidArgumentError where one name is too long by itself
   */
  texts(path: string, attribute: string, values: readonly string[]): void {
    checked(this.library, () => this.writeTexts(path, attribute, values));
  }

  array(path: string, data: StoredData, shape: readonly number[]): void {
    const cut = path.lastIndexOf('/');
    checked(this.library, () => {
      const group = this.opened(path.slice(0, Math.max(cut, 0)));
      group.create_dataset({ name: path.slice(cut + 1), data, shape: [...shape] });
    });
  }

  /** Writes what is still in memory. */
  close(): void {
    checked(this.library, () => this.file.close());
  }

  private writeTexts(path: string, attribute: string, values: readonly string[]): void {
    const group = this.opened(path);
    if (values.length === 0) {
      group.create_attribute(attribute, new Float64Array(0), [0], '<d');
      return;
    }
    // One byte more than the longest name, for the zero at its end.
    const width = 1 + Math.max(...values.map(value => Buffer.byteLength(value)));
    if (width > MAX_ATTRIBUTE_BYTES) {
      throw new InvalidArgumentError(
        `A name of ${width - 1} bytes can't be stored in an HDF5 attribute (at most ${MAX_ATTRIBUTE_BYTES - 1}).`,
      );
    }
    const perPart = Math.floor(MAX_ATTRIBUTE_BYTES / width);
    const parts = Math.ceil(values.length / perPart);
    for (let i = 0; i < parts; i++) {
      const part = values.slice(i * perPart, (i + 1) * perPart);
      group.create_attribute(parts === 1 ? attribute : `${attribute}${i}`, part, [part.length], `A${width}`);
    }
  }

  private opened(path: string): Group {
    let group: Group = this.file;
    for (const part of path.split('/')) {
      if (part === '') continue;
      const existing = group.get(part);
      group = existing === null ? group.create_group(part) : (existing as Group);
    }
    return group;
  }
}

/** WASI's numbers of errors, by which the library tells them. */
const CODES: Readonly<Record<number, string>> = { 19: 'EDQUOT', 22: 'EFBIG', 29: 'EIO', 51: 'ENOSPC' };

/** The library goes on after bytes that could not be written, and says nothing: what it asks of the disk is watched. */
function checked<T>({ FS }: Library, work: () => T): T {
  const disk = FS as unknown as { write(...args: readonly unknown[]): number };
  const { write } = disk;
  let failure: { readonly errno?: number } | undefined;
  disk.write = (...args) => {
    try {
      return write(...args);
    } catch (error) {
      failure ??= error as { readonly errno?: number };
      throw error;
    }
  };
  const throwFailure = (): void => {
    if (failure === undefined) return;
    const code = CODES[failure.errno ?? 0] ?? 'EIO';
    throw Object.assign(new Error(`The HDF5 file could not be written (${code}).`), { code });
  };
  try {
    const result = work();
    throwFailure();
    return result;
  } catch (error) {
    throwFailure();
    throw error;
  } finally {
    disk.write = write;
  }
}
