import { open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChecksumError } from '../error/checksumError.js';
import { DownloadError } from '../error/downloadError.js';
import { CACHE_ELSEWHERE, FileAccessError } from '../error/fileAccessError.js';
import { md5OfFile, sha256OfFile } from './checksum.js';
import { fetchFrom, hostOf } from './fetchFrom.js';
import { withFileLock } from './fileLock.js';

/** How far a download is. */
export interface DownloadProgress {
  readonly label: string;
  /** Bytes on the disk, those of an earlier try included. */
  readonly received: number;
  /** Bytes of the whole file; null where the server doesn't say. */
  readonly total: number | null;
}

export interface DownloadOptions {
  /** Addresses of the same file, the best first. */
  readonly urls: readonly string[];
  /** Where it goes; folders are made as needed. */
  readonly file: string;
  readonly sha256?: string | undefined;
  readonly md5?: string | undefined;
  /** Bytes, where they are known before. */
  readonly size?: number | undefined;
  /** Names the file in messages. */
  readonly label: string;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte after which a connection counts as dead. Default 30,000. */
  readonly stallMs?: number | undefined;
}

const TRIES = 3;
/** A server that doesn't begin to answer within these milliseconds won't later either. */
const ANSWER_MS = 10_000;

/** An answer that asking again won't change. */
class RefusedError extends Error {}

/**
 * Fetches a file over HTTP or HTTPS. It stands at its place only when it is whole and its checksum is right. What came
 * before an interruption is kept beside it (`.part`) and continued from, where a checksum is there to prove the result.
 * Two processes that want the same file share one download. A file that stands there already with the right checksum is
 * left alone.
 *
 * @throws ChecksumError where every address gave something else
 * @throws DownloadError where none could be reached; the message lists what each said
 * @throws FileAccessError where there is no space or no permission
 */
export async function download(options: DownloadOptions): Promise<void> {
  const { file, label } = options;
  try {
    await withFileLock(
      file,
      async () => {
        if ((await sizeOf(file)) > 0 && (await mismatch(file, options)) === undefined) return;
        await checkSpace(options);
        await fromAnyMirror(options);
      },
      options.signal === undefined ? {} : { signal: options.signal },
    );
  } catch (error) {
    const need = options.size ? `${megabytes(options.size)} for ${label}` : label;
    throw FileAccessError.explain(error, file, need, CACHE_ELSEWHERE);
  }
}

async function fromAnyMirror(options: DownloadOptions): Promise<void> {
  const { file, label } = options;
  const part = `${file}.part`;
  const complaints: string[] = [];
  let allArrived = true;
  for (const url of options.urls) {
    try {
      let resumed = await fetchWithRetries(url, part, options);
      let problem = await mismatch(part, options);
      if (problem !== undefined && resumed) {
        // The beginning may have been another mirror's, or the pieces not fit: one more try from the first byte.
        await rm(part, { force: true });
        resumed = await fetchWithRetries(url, part, options);
        problem = await mismatch(part, options);
      }
      if (problem === undefined) {
        await rename(part, file);
        return;
      }
      await rm(part, { force: true });
      complaints.push(`${hostOf(url)}: ${problem}`);
    } catch (error) {
      options.signal?.throwIfAborted();
      const explained = FileAccessError.explain(error, file, label, CACHE_ELSEWHERE);
      if (explained instanceof FileAccessError) throw explained;
      allArrived = false;
      complaints.push(`${hostOf(url)}: ${reasonOf(error)}`);
    }
  }
  const tried = complaints.join('; ');
  if (allArrived && complaints.length > 0) {
    throw new ChecksumError(
      `Fetched ${label}, but not what was expected (${tried}). Try again later, or from elsewhere.`,
    );
  }
  const kept = (await sizeOf(part)) > 0 ? ' What has come is kept.' : '';
  throw new DownloadError(`Can't fetch ${label} (${tried || 'no address is known'}).${proxyHint()}${kept}`);
}

/** Fetches until the end; tries again as long as there come more bytes that can be kept. Returns whether the file is of more than one piece. */
async function fetchWithRetries(url: string, part: string, options: DownloadOptions): Promise<boolean> {
  const canResume = options.sha256 !== undefined || options.md5 !== undefined;
  if (!canResume) await rm(part, { force: true });
  let resumed = false;
  for (let failures = 0; ; ) {
    const before = await sizeOf(part);
    resumed ||= before > 0;
    try {
      await fetchOnce(url, part, before, options);
      return resumed;
    } catch (error) {
      const came = canResume && (await sizeOf(part)) > before;
      if (!canResume) await rm(part, { force: true });
      options.signal?.throwIfAborted();
      if (error instanceof RefusedError || FileAccessError.explain(error, part, '') instanceof FileAccessError)
        throw error;
      failures = came ? 1 : failures + 1;
      if (failures >= TRIES) throw error;
      await sleep(250 * 4 ** (failures - 1), undefined, options.signal ? { signal: options.signal } : {});
    }
  }
}

async function fetchOnce(url: string, part: string, have: number, options: DownloadOptions): Promise<void> {
  const { label, onProgress, stallMs = 30_000 } = options;
  if (options.size !== undefined && have === options.size) return;
  const stalled = new AbortController();
  const complainAfter = (ms: number) => setTimeout(() => stalled.abort(new Error(`no byte for ${ms / 1000} s`)), ms);
  let timer = complainAfter(Math.min(ANSWER_MS, stallMs));
  try {
    const response = await fetchFrom(url, {
      // Ranges count the bytes sent: a compressed answer could not be continued.
      headers: { 'accept-encoding': 'identity', ...(have > 0 ? { range: `bytes=${have}-` } : {}) },
      signal: options.signal ? AbortSignal.any([options.signal, stalled.signal]) : stalled.signal,
    });
    if (response.status === 416 && have > 0) {
      // Nothing after what is there: either it is whole, which the checksum tells, or it is not this file.
      await response.body?.cancel();
      return;
    }
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      const problem = `HTTP status ${response.status}`;
      throw response.status >= 500 || response.status === 429 ? new Error(problem) : new RefusedError(problem);
    }
    const appends = response.status === 206;
    const length = Number(response.headers.get('content-length') ?? Number.NaN);
    let received = appends ? have : 0;
    const total = Number.isNaN(length) ? (options.size ?? null) : received + length;
    const out = await open(part, appends ? 'a' : 'w');
    try {
      onProgress?.({ label, received, total });
      for await (const chunk of response.body) {
        clearTimeout(timer);
        timer = complainAfter(stallMs);
        await out.writeFile(chunk);
        received += chunk.length;
        onProgress?.({ label, received, total });
      }
      await out.sync();
    } finally {
      await out.close();
    }
    if (total !== null && received < total) throw new Error(`cut after ${received} of ${total} bytes`);
  } finally {
    clearTimeout(timer);
  }
}

async function mismatch(file: string, { sha256, md5, size }: DownloadOptions): Promise<string | undefined> {
  const bytes = await sizeOf(file);
  if (size !== undefined && bytes !== size) return `${bytes} bytes where ${size} were expected`;
  const check = async (name: string, expected: string | undefined, hashOf: (file: string) => Promise<string>) => {
    if (expected === undefined) return undefined;
    const found = await hashOf(file);
    return found === expected.toLowerCase() ? undefined : `${name} ${found} where ${expected} was expected`;
  };
  return (await check('sha256', sha256, sha256OfFile)) ?? (await check('md5', md5, md5OfFile));
}

async function checkSpace({ file, size, label }: DownloadOptions): Promise<void> {
  if (size === undefined) return;
  const needed = size - (await sizeOf(`${file}.part`));
  const disk = await statfs(dirname(file));
  const free = disk.bavail * disk.bsize;
  if (free >= needed) return;
  const error = Object.assign(new Error(`${megabytes(free)} are free`), { code: 'ENOSPC' });
  const need = `${megabytes(needed)} for ${label}, ${megabytes(free)} are free`;
  throw FileAccessError.explain(error, file, need, CACHE_ELSEWHERE);
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    found => found.size,
    () => 0,
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}

function proxyHint(): string {
  const proxy = process.env.HTTPS_PROXY ?? process.env.https_proxy;
  if (proxy === undefined || process.env.NODE_USE_ENV_PROXY) return '';
  return ' A proxy is set: Node 24 and newer use it with NODE_USE_ENV_PROXY=1.';
}
