import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileFormatError } from '../../src/error/fileFormatError.js';
import { readSafetensors, type SafetensorsArray } from '../../src/file/safetensors.js';
import { isRecord } from '../../src/text/json.js';
import { isTolerance, type Tolerance } from './tolerance.js';

/**
 * One golden case, as its runner gets it: `{"array": name}` is replaced by the array of that name in
 * `arrays.safetensors`, and the strings `"NaN"`, `"Infinity"`, `"-Infinity"` by numbers. What `given` and `expect` hold
 * depends on the kind; a runner casts them to its own interface.
 */
export interface GoldenCase {
  /** `folder/case`. */
  readonly name: string;
  /** Where files that stand beside `case.json` are. */
  readonly directory: string;
  readonly kind: string;
  readonly title: string;
  readonly given: unknown;
  readonly expect: unknown;
  readonly tolerance: GoldenTolerance;
}

/** More keys where the kind says so. */
export interface GoldenTolerance extends Tolerance {
  readonly [more: string]: unknown;
}

/** Reads `<directory>/case.json` and its arrays. */
export async function readGoldenCase(directory: string, name: string): Promise<GoldenCase> {
  const json: unknown = JSON.parse(await readFile(join(directory, 'case.json'), 'utf8'));
  if (!isRecord(json)) throw new FileFormatError('case.json is not a JSON object.');
  const { kind, title = '', tolerance } = json;
  if (typeof kind !== 'string') throw new FileFormatError(`case.json has no kind (got ${JSON.stringify(kind)}).`);
  for (const key of ['given', 'expect']) {
    if (!isRecord(json[key])) throw new FileFormatError(`case.json has no '${key}'.`);
  }
  if (!isTolerance(tolerance)) {
    throw new FileFormatError(`case.json: tolerance must have finite numbers 'abs' and 'rel' ≥ 0.`);
  }
  const resolve = resolver(await readArrays(directory));
  return {
    name,
    directory,
    kind,
    title: String(title),
    given: resolve(json.given),
    expect: resolve(json.expect),
    tolerance,
  };
}

type Arrays = ReadonlyMap<string, SafetensorsArray>;

async function readArrays(directory: string): Promise<Arrays> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(directory, 'arrays.safetensors'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
  return readSafetensors(bytes, 'arrays.safetensors').arrays;
}

const NON_FINITE = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

function resolver(arrays: Arrays): (value: unknown) => unknown {
  const resolve = (value: unknown): unknown => {
    if (typeof value === 'string') return NON_FINITE.get(value) ?? value;
    if (Array.isArray(value)) return value.map(resolve);
    if (!isRecord(value)) return value;
    if (typeof value.array === 'string' && Object.keys(value).length === 1) {
      const array = arrays.get(value.array);
      if (array === undefined) throw new FileFormatError(`arrays.safetensors has no array '${value.array}'.`);
      return array;
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]));
  };
  return resolve;
}
