import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FileFormatError } from '../error/fileFormatError.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Dataset, DatasetFile, Split } from './datasets.js';
import { gunzip } from './gunzip.js';
import { readTar } from './readTar.js';

/** An unpacked file, and the path that messages call it by. */
export interface NamedBytes {
  readonly origin: string;
  readonly bytes: Uint8Array;
}

/**
 * The unpacked files of a split where a user keeps them, in the order of the data set's table, or undefined where none
 * of them is there.
 *
 * @param path a folder, or the set's archive
 * @throws InvalidArgumentError where some of the files are there and others lack
 * @throws FileFormatError where an archive or a gzip stream is damaged
 */
export async function findDataset(
  { archive, folders, ...splits }: Dataset,
  split: Split,
  path: string,
): Promise<readonly NamedBytes[] | undefined> {
  const files = splits[split];
  if (archive !== undefined && (await isFile(path))) return readArchive(path, files);
  for (const folder of folders.map(below => join(path, below))) {
    const { found, missing } = await readFiles(folder, files);
    if (found.length > 0 && missing.length > 0) {
      const names = missing.map(({ file }) => file).join(', ');
      throw new InvalidArgumentError(
        `'${folder}' has ${found.length} of the ${files.length} files of the set, but no ${names}. Add what is missing.`,
      );
    }
    if (missing.length === 0) return found;
    if (archive !== undefined && (await isFile(join(folder, archive.file)))) {
      return readArchive(join(folder, archive.file), files);
    }
  }
  return undefined;
}

/**
 * The members of a `.tar.gz` with these names, whatever folder they are in.
 *
 * @throws FileFormatError where the archive is damaged or lacks one
 */
export async function readArchive(path: string, files: readonly DatasetFile[]): Promise<readonly NamedBytes[]> {
  const members = readTar(await gunzip(await readFile(path), path), path);
  const byName = new Map([...members].map(([member, bytes]) => [basename(member), bytes]));
  return files.map(({ file }) => {
    const bytes = byName.get(file);
    if (bytes !== undefined) return { origin: `${path}:${file}`, bytes };
    const names = [...byName.keys()].join(', ');
    throw new FileFormatError(`${path} has no '${file}' in it, but ${names}. Name the archive of the binary version.`);
  });
}

/** Reads and unpacks those of the files that are in a folder. */
export async function readFiles(
  folder: string,
  files: readonly DatasetFile[],
): Promise<{ readonly found: readonly NamedBytes[]; readonly missing: readonly DatasetFile[] }> {
  const read = await Promise.all(files.map(({ file }) => readOne(folder, file)));
  return {
    found: read.filter(file => file !== undefined),
    missing: files.filter((_, i) => read[i] === undefined),
  };
}

/** Plain before packed; MNIST's files are about under two names. */
async function readOne(folder: string, file: string): Promise<NamedBytes | undefined> {
  const names = [...new Set([file, file.replace('-idx', '.idx')])];
  for (const name of [...names, ...names.map(plain => `${plain}.gz`)]) {
    const origin = join(folder, name);
    if (await isFile(origin)) return { origin, bytes: await gunzip(await readFile(origin), origin) };
  }
  return undefined;
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isFile(),
    () => false,
  );
