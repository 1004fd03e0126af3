import { stat } from 'node:fs/promises';
import { checkNames } from '../error/checkNames.js';
import { checkOptions } from '../error/checkOptions.js';
import { DownloadError } from '../error/downloadError.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { cacheFolder } from '../file/cacheFolder.js';
import type { DatasetOptions } from './datasetOptions.js';
import type { Dataset, Split } from './datasets.js';
import { downloadDataset } from './downloadDataset.js';
import { findDataset, type NamedBytes, readFiles } from './findDataset.js';

/**
 * The unpacked files of a split: {@link storedFiles}, else downloaded into the cache.
 *
 * @throws DownloadError where no mirror can be reached; other errors as {@link storedFiles} and {@link downloadDataset}
 */
export async function datasetFiles(
  dataset: Dataset,
  split: Split,
  options: DatasetOptions,
): Promise<readonly NamedBytes[]> {
  const stored = await storedFiles(dataset, split, options);
  if (stored !== undefined) return stored;
  try {
    return await downloadDataset(dataset, split, cacheOf(dataset), options);
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    const cure = `Connect to the network, or name a folder that has ${dataset.name}, by 'data' (--data DIR) or GRADSTREAM_DATA.`;
    throw new DownloadError(`${error.message} ${cure}`, { cause: error });
  }
}

const OPTIONS: Readonly<Record<keyof DatasetOptions, true>> = {
  data: true,
  mirrors: true,
  onMessage: true,
  onProgress: true,
  signal: true,
};

/**
 * The unpacked files of a split from the folder that the user names, else `GRADSTREAM_DATA`, else the cache; undefined
 * where they are in none.
 *
 * A folder named by an option must have the files. `GRADSTREAM_DATA` is for all sets and need not have each, but it
 * must be there. Files that are there and wrong are an error, never passed over.
 *
 * @throws InvalidArgumentError where a named folder isn't there, or lacks files
 * @throws UnknownNameError where there is no such split or option
 * @throws FileFormatError where a file is damaged
 */
export async function storedFiles(
  dataset: Dataset,
  split: Split,
  options: DatasetOptions,
): Promise<readonly NamedBytes[] | undefined> {
  // A misspelt folder would become a download.
  checkOptions(dataset.name, options, OPTIONS);
  checkNames(`split of ${dataset.name}`, [split], ['train', 'test']);
  const { data } = options;
  const named = data ?? process.env.GRADSTREAM_DATA;
  if (named !== undefined && named !== '') {
    await checkThere(named, data === undefined ? 'GRADSTREAM_DATA' : 'The data folder');
    const found = await findDataset(dataset, split, named);
    if (found !== undefined) return found;
    if (data !== undefined) throw nothingThere(dataset, split, data);
  }
  const { found, missing } = await readFiles(cacheOf(dataset), dataset[split]);
  return missing.length === 0 ? found : undefined;
}

export const cacheOf = ({ key }: Dataset): string => cacheFolder('data', key);

async function checkThere(path: string, what: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    throw new InvalidArgumentError(
      `${what} is '${path}', which can't be read (${(error as Error).message}). Name a folder that is there.`,
    );
  }
}

function nothingThere(dataset: Dataset, split: Split, folder: string): InvalidArgumentError {
  const files = dataset[split].map(({ file }) => file).join(', ');
  const packed = dataset.archive === undefined ? 'plain or with .gz' : `or ${dataset.archive.file}`;
  const below = dataset.folders.filter(path => path !== '').join(', ');
  return new InvalidArgumentError(
    `'${folder}' has no ${dataset.name}: expected ${files}, ${packed}, in the folder itself or below it in ${below}. ` +
      'Name another folder, or none to have it downloaded.',
  );
}
