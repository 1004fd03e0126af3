import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import koffi from 'koffi';

/** `fcntl`'s command for a copy of a descriptor that child processes don't get. */
const DUPLICATE_FOR_OWN_USE = process.platform === 'darwin' ? 67 : 1030;

/** Runs `action` with standard error diverted, see {@link divertErrors}. */
export function quietly<T>(action: () => T): T {
  const restore = divertErrors();
  try {
    return action();
  } finally {
    restore();
  }
}

/**
 * Leads standard error into a file without a name until the returned function is called, which passes on all that isn't
 * TensorFlow's greeting: that comes while it is being loaded, before any of its log settings counts. A pipe would not do: it
 * holds 64 KiB, of which JavaScript that goes on meanwhile writes more, and it ends only with the last child that has got it.
 * Where there's no place for a file, nothing is diverted, nor in a worker thread: standard error is the whole process's, and of two
 * threads that load at one time the second would put it back to the first one's file.
 */
export function divertErrors(): () => void {
  if (process.platform === 'win32' || !isMainThread) return () => undefined;
  const libc = koffi.load(null);
  const dup2 = libc.func('dup2', 'int', ['int', 'int']);
  const fcntl = libc.func('fcntl', 'int', ['int', 'int', '...']);
  const file = openNameless();
  if (file === undefined) return () => undefined;
  const kept: number = fcntl(2, DUPLICATE_FOR_OWN_USE, 'int', 3);
  if (kept < 0) {
    closeSync(file);
    return () => undefined;
  }
  dup2(file, 2);
  return () => {
    dup2(kept, 2);
    closeSync(kept);
    passOn(withoutGreeting(contentOf(file)));
    closeSync(file);
  };
}

/** A temporary file that is gone when it is closed. */
function openNameless(): number | undefined {
  const path = join(tmpdir(), `gradstream-${randomUUID()}`);
  try {
    const file = openSync(path, 'ax+', 0o600);
    unlinkSync(path);
    return file;
  } catch {
    return undefined;
  }
}

function contentOf(file: number): Buffer {
  const content = Buffer.alloc(fstatSync(file).size);
  let length = 0;
  while (length < content.length) {
    const read = readSync(file, content, length, content.length - length, length);
    if (read === 0) break;
    length += read;
  }
  return content.subarray(0, length);
}

/**
 * absl's lines begin with their severity, date and place: `I0000 00:00:1758000000.123456 4711 port.cc:153]`. Bytes are taken
 * for characters, so that any come through.
 */
function withoutGreeting(content: Buffer): Buffer {
  const greeting = /^(?:[IW]\d{4} [\d:.]+ +\d+ [\w.]+:\d+\] |WARNING: All log messages before absl).*\n?/gm;
  return Buffer.from(content.toString('latin1').replace(greeting, ''), 'latin1');
}

/** Where the reader is slow, Node writes the rest when it can; where there's none, nobody misses it. */
function passOn(content: Buffer): void {
  let done = 0;
  try {
    while (done < content.length) done += writeSync(2, content, done);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') process.stderr.write(content.subarray(done));
  }
}
