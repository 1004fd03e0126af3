import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ChecksumError } from '../error/checksumError.js';
import { CACHE_ELSEWHERE, FileAccessError } from '../error/fileAccessError.js';
import { atomicWrite } from '../file/atomicWrite.js';
import { download } from '../file/download.js';
import { withFileLock } from '../file/fileLock.js';
import type { DatasetOptions } from './datasetOptions.js';
import type { Dataset, DatasetFile, Split } from './datasets.js';
import { type NamedBytes, readArchive, readFiles } from './findDataset.js';
import { gunzip } from './gunzip.js';
import { reachableMirrors } from './reachableMirrors.js';

/**
 * Brings the files of a split (of both splits where they are in one archive) into `folder`, unpacked and verified, and
 * reads them. A file appears there only when it is whole; what is there already is left alone; two processes wait for
 * each other.
 *
 * @throws DownloadError where no mirror can be reached
 * @throws ChecksumError where the last one's file isn't the published one
 * @throws FileAccessError where there is no space or no permission
 */
export async function downloadDataset(
  dataset: Dataset,
  split: Split,
  folder: string,
  options: DatasetOptions,
): Promise<readonly NamedBytes[]> {
  const { signal } = options;
  return withFileLock(
    join(folder, 'download'),
    async () => {
      const { missing } = await readFiles(folder, dataset[split]);
      if (missing.length > 0) await downloadFiles(dataset, missing, folder, options);
      return (await readFiles(folder, dataset[split])).found;
    },
    signal === undefined ? {} : { signal },
  ).catch(error => {
    throw FileAccessError.explain(error, folder, dataset.name, CACHE_ELSEWHERE);
  });
}

async function downloadFiles(
  dataset: Dataset,
  files: readonly DatasetFile[],
  folder: string,
  options: DatasetOptions,
): Promise<void> {
  const { archive, name, train, test } = dataset;
  const mirrors = await reachableMirrors(name, options.mirrors ?? dataset.mirrors, options.signal);
  options.onMessage?.(`Downloading ${name} into ${folder}.`);
  if (archive === undefined) {
    for (const file of files) await downloadPacked(file, name, mirrors, folder, options);
    return;
  }
  const packed = join(folder, archive.file);
  await download({
    urls: mirrors.map(mirror => addressOf(mirror, archive.file)),
    file: packed,
    md5: archive.md5,
    label: name,
    onProgress: options.onProgress,
    signal: options.signal,
  });
  const all = [...train, ...test];
  for (const [i, { bytes }] of (await readArchive(packed, all)).entries()) {
    await atomicWrite(join(folder, all[i].file), bytes);
  }
  await rm(packed);
}

/** One gzipped file, from the first mirror whose *unpacked* file has the published checksum. */
async function downloadPacked(
  { file, md5 }: DatasetFile,
  name: string,
  mirrors: readonly string[],
  folder: string,
  { onProgress, signal }: DatasetOptions,
): Promise<void> {
  const packed = join(folder, `${file}.download`);
  let failure: unknown;
  for (const mirror of mirrors) {
    const url = addressOf(mirror, `${file}.gz`);
    try {
      await download({ urls: [url], file: packed, label: `${name}'s ${file}`, onProgress, signal });
      const plain = await gunzip(await readFile(packed), url);
      if (md5 !== undefined) checkMd5(plain, md5, url);
      await atomicWrite(join(folder, file), plain);
      return;
    } catch (error) {
      signal?.throwIfAborted();
      failure = error;
    } finally {
      await rm(packed, { force: true });
    }
  }
  throw failure;
}

const addressOf = (mirror: string, file: string): string => `${mirror.replace(/\/$/, '')}/${file}`;

function checkMd5(bytes: Uint8Array, expected: string, origin: string): void {
  const given = createHash('md5').update(bytes).digest('hex');
  if (given === expected) return;
  throw new ChecksumError(
    `${origin}: the unpacked file has the MD5 ${given}, expected ${expected}. Try again later, or from elsewhere.`,
  );
}
