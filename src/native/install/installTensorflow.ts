import { rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ChecksumError } from '../../error/checksumError.js';
import { CACHE_ELSEWHERE, FileAccessError } from '../../error/fileAccessError.js';
import { GradstreamError } from '../../error/gradstreamError.js';
import { TensorflowMissingError } from '../../error/tensorflowMissingError.js';
import { sha256OfFile } from '../../file/checksum.js';
import { type DownloadProgress, download } from '../../file/download.js';
import { withFileLock } from '../../file/fileLock.js';
import { makeFolder } from '../../file/makeFolder.js';
import { ZipReader } from '../../file/zipReader.js';
import { findInCache, MANIFEST, type Manifest } from './findInCache.js';
import { libraryNames } from './libraryNames.js';
import { addressOnIndex, packageIndexes } from './packageIndex.js';
import { type PinnedWheel, TYPICAL_BYTES } from './pinnedWheel.js';
import { findPip, type Pip, pipDownload } from './pipDownload.js';
import type { TensorflowFiles } from './tensorflowFiles.js';
import { watchGrowth } from './watchGrowth.js';

export interface InstallOptions {
  readonly platform: NodeJS.Platform;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Called once where another process installs just now. */
  readonly onWait?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Fetches the libraries anew though they are there. Default false. */
  readonly force?: boolean | undefined;
  /** How to call pip; null for without. Default: the first that is found. */
  readonly pip?: Pip | null | undefined;
  /** Addresses of package indexes. Default: those that pip would ask. */
  readonly indexes?: readonly string[] | undefined;
}

/**
 * Fetches a wheel, takes TensorFlow's two libraries out of it and puts them into `folder`, which appears whole or not at
 * all. Two processes that want the same one share the work. What a killed run left is removed, but for the beginning
 * of a download, which is continued.
 *
 * @throws TensorflowMissingError where no way leads to the wheel; the message says what each way said
 * @throws ChecksumError where a wheel of other bytes came
 * @throws FileAccessError where the cache has no space or can't be written
 */
export async function installTensorflow(
  folder: string,
  wheel: PinnedWheel,
  options: InstallOptions,
): Promise<TensorflowFiles> {
  const bytes = (wheel.bytes ?? TYPICAL_BYTES.wheel) + (wheel.unpackedBytes ?? TYPICAL_BYTES.unpacked);
  const need = `${Math.ceil(bytes / 1e6)} MB for TensorFlow ${wheel.version}`;
  const { onWait, signal } = options;
  const install = async (): Promise<TensorflowFiles> => {
    const present = findInCache(folder, options.platform);
    if (present !== undefined && options.force !== true) return present;
    const archive = join(dirname(folder), wheel.fileName);
    await remove(pipFolderOf(archive), unpackFolderOf(folder));
    await checkSpace(dirname(folder), bytes, need);
    await fetchWheel(archive, wheel, options);
    await unpack(archive, folder, wheel, options);
    await remove(archive, `${archive}.part`);
    const files = findInCache(folder, options.platform);
    if (files === undefined) throw new TensorflowMissingError(`${folder} was written, but is not whole. Try again.`);
    return { ...files, origin: 'wheel' };
  };
  try {
    return await withFileLock(folder, install, { ...(onWait ? { onWait } : {}), ...(signal ? { signal } : {}) });
  } catch (error) {
    throw FileAccessError.explain(error, folder, need, CACHE_ELSEWHERE);
  }
}

/** By pip where there is one, since it knows the user's settings; else, or if it fails, from the index itself. */
async function fetchWheel(archive: string, wheel: PinnedWheel, options: InstallOptions): Promise<void> {
  const { signal, onProgress } = options;
  const label = `TensorFlow ${wheel.version}`;
  const complaints: string[] = [];
  const attempt = async (who: string, action: () => Promise<void>): Promise<boolean> => {
    try {
      await action();
      return true;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof FileAccessError) throw error;
      complaints.push(`${who}: ${describe(error)}`);
      return false;
    }
  };

  if (await isWheel(archive, wheel)) return;
  const pip = options.pip === undefined ? await findPip() : options.pip;
  if (pip === undefined || pip === null) complaints.push('pip: not found');
  else if (await attempt('pip', () => fetchByPip(pip, archive, wheel, label, options))) return;

  const indexes = options.indexes ?? (await packageIndexes());
  if (indexes.length === 0) complaints.push('package index: none, by the settings for pip');
  for (const index of indexes) {
    const fetched = await attempt(new URL(index).host, async () => {
      const url = await addressOnIndex(index, wheel.project, wheel.fileName, signal);
      if (url === undefined) throw new Error(`it has no ${wheel.fileName}`);
      const { sha256 } = wheel;
      await download({ urls: [url], file: archive, sha256, size: wheel.bytes ?? undefined, label, onProgress, signal });
    });
    if (fetched) return;
  }
  throw new TensorflowMissingError(
    `Can't fetch ${wheel.fileName} (${complaints.join('; ')}). Install Python's pip, or name a package index with ` +
      'PIP_INDEX_URL, or an existing TensorFlow with GRADSTREAM_TENSORFLOW=<its folder or its Python environment>.',
  );
}

async function fetchByPip(
  pip: Pip,
  archive: string,
  wheel: PinnedWheel,
  label: string,
  { onProgress, signal }: InstallOptions,
): Promise<void> {
  const folder = pipFolderOf(archive);
  // While pip copies the file out of its temporary folder, it is there twice.
  const report = (bytes: number) =>
    onProgress?.({ label, received: Math.min(bytes, wheel.bytes ?? bytes), total: wheel.bytes });
  report(0);
  try {
    const fetched = await watchGrowth(folder, report, () => pipDownload(pip, wheel, folder, signal));
    const found = await sha256OfFile(fetched);
    if (found !== wheel.sha256) {
      throw new ChecksumError(`it gave a ${wheel.fileName} of sha256 ${found} where ${wheel.sha256} was expected`);
    }
    await rename(fetched, archive);
  } finally {
    await remove(folder);
  }
}

async function unpack(
  archive: string,
  folder: string,
  wheel: PinnedWheel,
  { platform, onProgress }: InstallOptions,
): Promise<void> {
  const unpacked = unpackFolderOf(folder);
  makeFolder(unpacked);
  const zip = await ZipReader.open(archive);
  const label = `Unpacking TensorFlow ${wheel.version}`;
  const report = (received: number) => onProgress?.({ label, received, total: wheel.unpackedBytes });
  try {
    const files: Record<string, number> = {};
    await watchGrowth(unpacked, report, async () => {
      for (const name of Object.values(libraryNames(platform))) {
        await zip.extract(`tensorflow/${name}`, join(unpacked, name));
        files[name] = (await stat(join(unpacked, name))).size;
      }
    });
    const manifest: Manifest = { version: wheel.version, files };
    await writeFile(join(unpacked, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`);
    await remove(folder);
    await rename(unpacked, folder);
  } finally {
    await zip.close();
    await remove(unpacked);
  }
}

async function isWheel(archive: string, wheel: PinnedWheel): Promise<boolean> {
  const found = await stat(archive).catch(() => undefined);
  return found !== undefined && (await sha256OfFile(archive)) === wheel.sha256;
}

async function checkSpace(folder: string, bytes: number, need: string): Promise<void> {
  const disk = await statfs(folder);
  const free = disk.bavail * disk.bsize;
  if (free >= bytes) return;
  const error = Object.assign(new Error('too little space'), { code: 'ENOSPC' });
  const more = `${need}; ${Math.floor(free / 1e6)} MB are free`;
  throw FileAccessError.explain(error, folder, more, CACHE_ELSEWHERE);
}

/** Fixed names, so that the next run finds what a killed one left: who holds the lock may remove them. */
function pipFolderOf(archive: string): string {
  return `${archive}.pip`;
}

function unpackFolderOf(folder: string): string {
  return `${folder}.unpacking`;
}

async function remove(...paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map(path => rm(path, { recursive: true, force: true })));
}

function describe(error: unknown): string {
  const { message, cause } = error as Error;
  if (error instanceof GradstreamError || !(cause instanceof Error)) return message.replace(/\.$/, '');
  return cause.message || message;
}
