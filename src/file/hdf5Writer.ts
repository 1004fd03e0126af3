import type { Group, File as Hdf5File } from 'h5wasm/node';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { hdf5Library } from './hdf5Library.js';
import type { StoredData } from './storedArray.js';

/** An attribute that is larger doesn't fit into an object's header. Keras: HDF5_OBJECT_HEADER_LIMIT. */
export const MAX_ATTRIBUTE_BYTES = 64_512;

/** An HDF5 file being written, straight to the disk. Paths have no leading slash; groups on the way are made. */
export class Hdf5Writer {
  private constructor(private readonly file: Hdf5File) {}

  /** Makes the file, or empties it. */
  static async create(path: string): Promise<Hdf5Writer> {
    const { File } = await hdf5Library();
    return new Hdf5Writer(new File(path, 'w'));
  }

  group(path: string): void {
    this.#group(path);
  }

  /** A text of any length, stored outside the object's header. */
  text(path: string, attribute: string, value: string): void {
    this.#group(path).create_attribute(attribute, value, [], 'S');
  }

  /**
   * A list of names, split into `names0`, `names1`, … where it is too long for one attribute.
   *
   * @throws InvalidArgumentError where one name is too long by itself
   */
  texts(path: string, attribute: string, values: readonly string[]): void {
    const group = this.#group(path);
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

  array(path: string, data: StoredData, shape: readonly number[]): void {
    const cut = path.lastIndexOf('/');
    const group = this.#group(path.slice(0, Math.max(cut, 0)));
    group.create_dataset({ name: path.slice(cut + 1), data, shape: [...shape] });
  }

  close(): void {
    this.file.close();
  }

  #group(path: string): Group {
    let group: Group = this.file;
    for (const part of path.split('/')) {
      if (part === '') continue;
      const existing = group.get(part);
      group = existing === null ? group.create_group(part) : (existing as Group);
    }
    return group;
  }
}
