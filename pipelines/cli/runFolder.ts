import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { folderStore } from '../../src/checkpoint/folderStore.js';
import type { FoundSnapshot, SnapshotStore } from '../../src/checkpoint/snapshot.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { makeWritableFolder } from '../../src/file/makeWritableFolder.js';
import { optionsIn, type RunOptions, readRunOptions } from './runOptions.js';

/** What a run leaves behind: its checkpoints, its event log, and at the end its model. */
export interface RunFolder {
  readonly path: string;
  readonly store: SnapshotStore;
  readonly log: string;
  readonly model: string;
  /** Whether `--resume` was given. */
  readonly resume: boolean;
  readonly found: FoundSnapshot | null;
  /** Where {@link before} is kept until there is a checkpoint. */
  readonly options: string;
  /** What the run that is resumed was asked to do; null where that isn't known. */
  readonly before: RunOptions | null;
}

/**
 * The folder of `--out` or `--resume`; undefined where neither was given.
 *
 * @throws InvalidArgumentError where both were, and name two folders, or where there is no run to resume
 * @throws FileAccessError where nothing can be written there: better now than after hours of training
 */
export async function openRunFolder(flags: {
  readonly out?: string;
  readonly resume?: string;
}): Promise<RunFolder | undefined> {
  const path = flags.resume ?? flags.out;
  if (path === undefined) return undefined;
  if (flags.out !== undefined && flags.out !== path) {
    throw new InvalidArgumentError(
      `--resume ${path} goes on in that folder, but --out names another, ${flags.out}. Leave --out away.`,
    );
  }
  const store = folderStore(path);
  const resume = flags.resume !== undefined;
  if (resume) await requireRun(path);
  else await makeWritableFolder(path, "the run's checkpoints, events and model", 'name another folder by --out');
  const found = resume ? await store.latest() : null;
  const options = join(path, OPTIONS);
  return {
    path,
    store,
    options,
    before: found !== null ? optionsIn(found) : resume ? await readRunOptions(options) : null,
    log: join(path, EVENT_LOG),
    model: join(path, 'model.keras'),
    resume,
    found,
  };
}

/** In a run's folder. */
export const EVENT_LOG = 'events.jsonl';
const OPTIONS = 'options.json';

/** A mistyped name must not become a new run's folder. A run that was killed before its first checkpoint is one. */
async function requireRun(path: string): Promise<void> {
  const isOfRun = (name: string): boolean =>
    name === EVENT_LOG || name === OPTIONS || /^(run\.lock|step-\d)/.test(name);
  try {
    if ((await readdir(path)).some(isOfRun)) return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? 'there is no such folder' : `it can't be read as a folder (${code})`;
    throw new InvalidArgumentError(`--resume ${path}: ${problem}. ${CURE}`, { cause: error });
  }
  throw new InvalidArgumentError(`--resume ${path}: that folder holds no run, neither checkpoints nor events. ${CURE}`);
}

const CURE = 'Give the folder that the run had as --out; to begin a run, use --out instead of --resume.';
