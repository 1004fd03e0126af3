import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkCount } from '../error/checkCount.js';
import { FileAccessError } from '../error/fileAccessError.js';
import { FileFormatError } from '../error/fileFormatError.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { NewerFormatError } from '../error/newerFormatError.js';
import { RunFolderInUseError } from '../error/runFolderInUseError.js';
import { withFileLock } from '../file/fileLock.js';
import { makeFolder } from '../file/makeFolder.js';
import { checkBytes, MANIFEST, manifestText, parseManifest, SNAPSHOT_FILES, type SnapshotBytes } from './manifest.js';
import type { FoundSnapshot, RunState, Snapshot, SnapshotStore, SnapshotWriter } from './snapshot.js';
import { readSnapshotBytes, writeSnapshotBytes } from './snapshotBytes.js';

export interface FolderStoreOptions {
  /** Snapshots that stay, the newest ones. Default: 2, so that one is there when the last is damaged. */
  readonly keep?: number;
}

/**
 * Keeps a run's snapshots in a folder, each in a folder of its own. A snapshot is written beside its place, flushed to the
 * disk and renamed, so it is there whole or not at all; older ones go only after that. Other files in the folder are left
 * alone. The format is described in docs/checkpoint-format.md.
 *
 * @throws InvalidArgumentError where `keep` isn't a whole number from 1 on
 */
export function folderStore(dir: string, { keep = 2 }: FolderStoreOptions = {}): SnapshotStore {
  checkCount('folderStore', { keep }, 1);
  return {
    latest: () => latestIn(dir),
    async open({ resume }): Promise<SnapshotWriter> {
      const unlock = await lock(dir);
      try {
        if (!resume) await requireNone(dir);
        await removeTemporaries(dir);
      } catch (error) {
        await unlock();
        throw error;
      }
      return { save: snapshot => save(dir, snapshot, keep), close: unlock };
    },
  };
}

/** Sorted by name they are sorted by age. The number of events tells snapshots apart between which there was no step. */
const nameOf = ({ iterations, events }: RunState): string =>
  `step-${String(iterations).padStart(9, '0')}-event-${String(events).padStart(9, '0')}`;

const SNAPSHOT = /^step-\d{9,}-event-\d{9,}$/;
/** Something that is being written or removed. */
const TEMPORARY = /^step-\d{9,}-event-\d{9,}\..*\.tmp$|^run\.lock\..*\.broken$/;
/** A manifest is a few hundred bytes; whatever claims to be one isn't read beyond this. */
const MAX_MANIFEST_BYTES = 1 << 16;

/** Takes the lock, or raises where somebody has it. Resolves to what gives it free. */
async function lock(dir: string): Promise<() => Promise<void>> {
  const patience = AbortSignal.timeout(GRACE_MS);
  return new Promise((resolve, reject) => {
    const untilReleased = () =>
      new Promise<void>(release => {
        resolve(() => {
          release();
          return held;
        });
      });
    const held = withFileLock(join(dir, 'run'), untilReleased, { signal: patience });
    held.catch(error => {
      const inUse = error === patience.reason;
      reject(inUse ? new RunFolderInUseError(dir) : FileAccessError.explain(error, dir, "the run's checkpoints"));
    });
  });
}

/** A run that was killed a moment ago is still there while the system takes back its memory. */
const GRACE_MS = 3_000;

/** Newest first. */
async function snapshotNames(dir: string): Promise<string[]> {
  const byAge = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
  return (await namesIn(dir))
    .filter(name => SNAPSHOT.test(name))
    .sort(byAge)
    .reverse();
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function requireNone(dir: string): Promise<void> {
  const [newest] = await snapshotNames(dir);
  if (newest === undefined) return;
  throw new InvalidArgumentError(
    `${dir} holds the checkpoints of a run (the newest is ${newest}). Resume that run, or choose another folder.`,
  );
}

/** What a killed run has left. */
async function removeTemporaries(dir: string): Promise<void> {
  for (const name of await namesIn(dir)) {
    if (TEMPORARY.test(name)) await rm(join(dir, name), { recursive: true, force: true });
  }
}

async function latestIn(dir: string): Promise<FoundSnapshot | null> {
  const damaged: string[] = [];
  for (const name of await snapshotNames(dir)) {
    try {
      return { snapshot: await read(join(dir, name)), damaged };
    } catch (error) {
      if (!(error instanceof FileFormatError) || error instanceof NewerFormatError) throw error;
      damaged.push(error.message);
    }
  }
  if (damaged.length === 0) return null;
  throw new FileFormatError(
    `No checkpoint in ${dir} is whole:\n  ${damaged.join('\n  ')}\nPut back a copy of one, or begin a new run in another folder.`,
  );
}

/** @throws FileFormatError where it isn't whole; its message names the folder */
async function read(folder: string): Promise<Snapshot> {
  try {
    const manifest = parseManifest(new TextDecoder().decode(await readUpTo(folder, MANIFEST, MAX_MANIFEST_BYTES)));
    const entries = SNAPSHOT_FILES.map(async name => {
      const bytes = await readUpTo(folder, name, manifest[name].bytes);
      checkBytes(name, bytes, manifest[name]);
      return [name, bytes] as const;
    });
    return readSnapshotBytes(Object.fromEntries(await Promise.all(entries)) as SnapshotBytes);
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    const Problem = error instanceof NewerFormatError ? NewerFormatError : FileFormatError;
    throw new Problem(`Checkpoint ${folder} can't be used: ${error.message}.`, { cause: error });
  }
}

async function readUpTo(folder: string, name: string, bytes: number): Promise<Uint8Array> {
  try {
    const { size } = await stat(join(folder, name));
    if (size > bytes) throw new FileFormatError(`${name} has ${size} bytes, more than ${bytes}`);
    return await readFile(join(folder, name));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new FileFormatError(`${name} is missing`);
    if (!DAMAGED.includes(code)) throw error;
    throw new FileFormatError(`${name} can't be read (${code})`, { cause: error });
  }
}

/** A part of the disk is broken, or something of another kind stands in a file's or a folder's place. */
const DAMAGED = ['EIO', 'EISDIR', 'ENOTDIR', 'ELOOP'];

async function save(dir: string, snapshot: Snapshot, keep: number): Promise<string> {
  const name = nameOf(snapshot.run);
  const place = join(dir, name);
  const temporary = temporaryFor(dir, name);
  const bytes = writeSnapshotBytes(snapshot);
  try {
    makeFolder(temporary);
    await Promise.all(SNAPSHOT_FILES.map(file => writeFlushed(join(temporary, file), bytes[file])));
    await writeFlushed(join(temporary, MANIFEST), manifestText(bytes));
    await flushFolder(temporary);
    // One of this name was damaged, else the run would have gone on from it.
    await discard(dir, name);
    await rename(temporary, place);
    await flushFolder(dir);
    await prune(dir, name, keep);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw FileAccessError.explain(error, place, 'space for a checkpoint');
  }
  return place;
}

const temporaryFor = (dir: string, name: string): string =>
  join(dir, `${name}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`);

async function writeFlushed(file: string, contents: Uint8Array | string): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(contents);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** So that a rename in it outlasts a power failure. Not every system lets a folder be opened for it. */
async function flushFolder(dir: string): Promise<void> {
  try {
    const handle = await open(dir, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Told above.
  }
}

/** Newer ones than the one just saved are damaged: the run went on from one before them. */
async function prune(dir: string, saved: string, keep: number): Promise<void> {
  const names = await snapshotNames(dir);
  const at = names.indexOf(saved);
  for (const name of [...names.slice(0, at), ...names.slice(at + keep)]) await discard(dir, name);
}

/** Renamed first, so that a half removed one is never taken for a snapshot. */
async function discard(dir: string, name: string): Promise<void> {
  const temporary = temporaryFor(dir, name);
  try {
    await rename(join(dir, name), temporary);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await rm(temporary, { recursive: true, force: true });
}
