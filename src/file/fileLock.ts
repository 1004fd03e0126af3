import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './isAlive.js';
import { makeFolder } from './makeFolder.js';
import { processStart } from './processStart.js';

const HEARTBEAT_MS = 2_000;
const STALE_MS = 30_000;
/** Far longer than it takes from making a lock to writing into it who holds it. */
const OWNERLESS_MS = 2_000;
const POLL_MS = 100;

/**
 * Runs `action` while no other process (and no other call here) holds the lock of `file`. The lock is a folder beside
 * the file, since making one is atomic everywhere. Its holder touches it every two seconds: a lock of a process that is
 * gone, one that nobody has touched for half a minute, or one whose maker died before it could sign it, is broken. That of a
 * process of this machine that is but stopped (Ctrl-Z) is not: it goes on one day, and knows nothing of another holder.
 *
 * @param options.onWait called once where somebody else holds the lock
 * @throws the system's error where the lock can't be made; what it is for, and so the cure, the caller knows
 */
export async function withFileLock<T>(
  file: string,
  action: () => Promise<T>,
  options: { readonly onWait?: () => void; readonly signal?: AbortSignal } = {},
): Promise<T> {
  const lock = `${file}.lock`;
  const { pid } = process;
  const owner = JSON.stringify({ pid, host: hostname(), started: processStart(pid), token: randomUUID() });
  await acquire(lock, owner, options);
  const heartbeat = setInterval(() => touch(lock, owner), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await action();
  } finally {
    clearInterval(heartbeat);
    if (ownerOf(lock) === owner) rmSync(lock, { recursive: true, force: true });
  }
}

async function acquire(
  lock: string,
  owner: string,
  { onWait, signal }: { readonly onWait?: () => void; readonly signal?: AbortSignal },
): Promise<void> {
  makeFolder(dirname(lock));
  for (let isWaiting = false; !(await take(lock, owner)); ) {
    signal?.throwIfAborted();
    if (breakStale(lock)) continue;
    if (!isWaiting) onWait?.();
    isWaiting = true;
    await sleep(POLL_MS);
  }
}

async function take(lock: string, owner: string): Promise<boolean> {
  try {
    await mkdir(lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    await writeFile(join(lock, 'owner'), owner, { flag: 'wx' });
    return true;
  } catch (error) {
    // This process slept in between, and another one broke the lock or made it anew: it is that one's turn.
    if (['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** Takes a stale lock away; look and rename are synchronous, so that hardly anything can come between them. */
function breakStale(lock: string): boolean {
  const broken = `${lock}.${randomUUID().slice(0, 8)}.broken`;
  try {
    if (!isStale(lock)) return false;
    renameSync(lock, broken);
  } catch {
    return false;
  }
  rmSync(broken, { recursive: true, force: true });
  return true;
}

function isStale(lock: string): boolean {
  const age = Date.now() - statSync(lock).mtimeMs;
  const owner = ownerOf(lock);
  if (owner === undefined) return age > OWNERLESS_MS;
  const { pid, host, started } = parseOwner(owner);
  if (host === hostname() && pid !== undefined) {
    if (!isAlive(pid)) return true;
    if (started !== undefined && started === processStart(pid)) return false;
  }
  return age > STALE_MS;
}

interface Owner {
  readonly pid?: number;
  readonly host?: string;
  readonly started?: string;
}

function parseOwner(text: string): Owner {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return {};
  }
}

function ownerOf(lock: string): string | undefined {
  try {
    return readFileSync(join(lock, 'owner'), 'utf8');
  } catch {
    return undefined;
  }
}

function touch(lock: string, owner: string): void {
  try {
    const now = new Date();
    if (ownerOf(lock) === owner) utimesSync(lock, now, now);
  } catch {
    // The lock was broken or its folder removed: whoever did so goes on without this process.
  }
}
