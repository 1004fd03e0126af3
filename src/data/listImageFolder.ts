import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { byCodePoint } from '../text/byCodePoint.js';
import { PICTURE_SUFFIX_NAMES, PICTURE_SUFFIXES } from './pictureSuffixes.js';

/** A picture and its class. */
export interface LabelledFile {
  /** Path below the folder, with `/`. */
  readonly path: string;
  readonly classNumber: number;
}

interface ImageFolderListOptions {
  /** Their order gives the class numbers. Default: all folders, by code point. */
  readonly classes?: readonly string[] | undefined;
  /** Goes into linked folders within a class. Default: false. */
  readonly followLinks?: boolean | undefined;
  /** Whether a class may have no picture, or no folder. Default: false. */
  readonly emptyClasses?: boolean | undefined;
}

export interface ImageFolderList {
  readonly classNames: readonly string[];
  /** Class by class; within one by the path of their folder, then by name, both by code point. */
  readonly files: readonly LabelledFile[];
}

/**
 * The pictures of a folder that has a folder for each class. Pictures in folders below belong to the class too; files
 * beside the class folders and of other suffixes don't count.
 *
 * Source: `_list_valid_filenames_in_directory` in keras/src/legacy/preprocessing/image.py.
 *
 * @throws InvalidArgumentError where there is no class, a class has no picture, or links lead round in a circle
 */
export async function listImageFolder(
  folder: string,
  { classes, followLinks = false, emptyClasses = false }: ImageFolderListOptions = {},
): Promise<ImageFolderList> {
  const classNames = classes ?? (await classFolders(folder));
  if (classNames.length === 0) {
    throw new InvalidArgumentError(`${folder} has no folder within: expected one folder of pictures for each class.`);
  }
  const perClass = await Promise.all(
    classNames.map(async name => {
      if (emptyClasses && !(await isFolder(join(folder, name)))) return [];
      const pictures = await picturesOf(folder, name, followLinks);
      if (pictures.length === 0 && !emptyClasses) refuseEmpty(folder, name);
      return pictures;
    }),
  );
  const files = perClass.flatMap((paths, classNumber) => paths.map(path => ({ path, classNumber })));
  return { classNames, files };
}

async function classFolders(folder: string): Promise<string[]> {
  const entries = await entriesOf(folder, 'a folder with a folder of pictures for each class');
  const kinds = await Promise.all(entries.map(entry => kindOf(folder, entry, true)));
  return entries
    .filter((_, i) => kinds[i] === 'folder')
    .map(({ name }) => name)
    .sort(byCodePoint);
}

async function picturesOf(root: string, className: string, followLinks: boolean): Promise<string[]> {
  const folders: { path: string; names: string[] }[] = [];
  /** @param link the last one on the way */
  const visit = async (path: string, above: readonly string[], link: string): Promise<void> => {
    const place = await realpath(join(root, path)).catch(() => join(root, path));
    if (above.includes(place)) {
      throw new InvalidArgumentError(
        `${join(root, link)} is a link to a folder that it lies in: links lead round in a circle. Remove it, or don't follow links.`,
      );
    }
    const entries = await entriesOf(join(root, path), `the folder of class '${className}'`);
    const kinds = await Promise.all(entries.map(entry => kindOf(join(root, path), entry, followLinks)));
    const names = entries.map(({ name }) => name);
    folders.push({ path, names: names.filter((name, i) => kinds[i] === 'file' && PICTURE_SUFFIXES.test(name)) });
    for (const entry of entries.filter((_, i) => kinds[i] === 'folder')) {
      const below = `${path}/${entry.name}`;
      await visit(below, [...above, place], entry.isSymbolicLink() ? below : link);
    }
  };
  await visit(className, [], className);
  return folders
    .sort((a, b) => byCodePoint(a.path, b.path))
    .flatMap(({ path, names }) => names.sort(byCodePoint).map(name => `${path}/${name}`));
}

function refuseEmpty(root: string, className: string): never {
  throw new InvalidArgumentError(
    `Class '${className}' has no picture in ${join(root, className)} (${PICTURE_SUFFIX_NAMES}): add some, ` +
      "or name the classes that count in 'classes'.",
  );
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isDirectory(),
    () => false,
  );

async function entriesOf(folder: string, expected: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw new InvalidArgumentError(`Can't read ${folder} (${(error as Error).message}): expected ${expected}.`, {
      cause: error,
    });
  }
}

/** A link to a file is a file, one that leads nowhere is nothing. */
async function kindOf(folder: string, entry: Dirent, followLinks: boolean): Promise<'file' | 'folder' | 'other'> {
  const isLink = entry.isSymbolicLink();
  const found = isLink ? await stat(join(folder, entry.name)).catch(() => undefined) : entry;
  if (found?.isFile()) return 'file';
  return found?.isDirectory() && (followLinks || !isLink) ? 'folder' : 'other';
}
