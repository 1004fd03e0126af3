import { existsSync, mkdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { withFileLock } from '../../../src/file/fileLock.js';
import { outputOf, startChild } from './childProcess.js';
import { temporaryFolder } from './temporaryFolder.js';

describe('withFileLock', () => {
  it('gives what the action gives, and takes the lock away', async () => {
    const file = join(temporaryFolder(), 'sub/file');
    expect(await withFileLock(file, async () => existsSync(`${file}.lock`))).toBe(true);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('takes the lock away when the action fails', async () => {
    const file = join(temporaryFolder(), 'file');
    await expect(withFileLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('lets actions of one process take turns, and says once that it waits', async () => {
    const file = join(temporaryFolder(), 'file');
    const onWait = vi.fn();
    let running = 0;
    let most = 0;
    const action = async () => {
      most = Math.max(most, ++running);
      await new Promise(resolve => setTimeout(resolve, 150));
      running--;
    };
    // Either may be the first to take the lock; the other one waits.
    await Promise.all([withFileLock(file, action, { onWait }), withFileLock(file, action, { onWait })]);
    expect(most).toBe(1);
    expect(onWait).toHaveBeenCalledTimes(1);
  });

  it('lets processes take turns', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'count');
    writeFileSync(file, '0');
    const script = `
      import { readFileSync, writeFileSync } from 'node:fs';
      import { withFileLock } from './src/file/fileLock.js';
      const file = ${JSON.stringify(file)};
      for (let i = 0; i < 5; i++) {
        await withFileLock(file, async () => {
          const count = Number(readFileSync(file, 'utf8'));
          await new Promise(resolve => setTimeout(resolve, 5));
          writeFileSync(file, String(count + 1));
        });
      }`;
    const children = await Promise.all(['a', 'b'].map(name => startChild(folder, name, script)));
    await Promise.all(children.map(outputOf));
    expect(readFileSync(file, 'utf8')).toBe('10');
  });

  it('breaks the lock of a process that is gone', async () => {
    const file = join(temporaryFolder(), 'file');
    mkdirSync(`${file}.lock`);
    writeFileSync(`${file}.lock/owner`, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), token: 'x' }));
    const onWait = vi.fn();
    expect(await withFileLock(file, async () => 'in', { onWait })).toBe('in');
    expect(onWait).not.toHaveBeenCalled();
  });

  it('breaks a lock that nobody has touched for long, whosever it is', async () => {
    const file = join(temporaryFolder(), 'file');
    mkdirSync(`${file}.lock`);
    writeFileSync(`${file}.lock/owner`, JSON.stringify({ pid: process.pid, host: 'another', token: 'x' }));
    const old = new Date(Date.now() - 60_000);
    utimesSync(`${file}.lock`, old, old);
    expect(await withFileLock(file, async () => 'in')).toBe('in');
  });

  it('leaves a lock of another machine, whose processes cannot be seen from here', async () => {
    const file = join(temporaryFolder(), 'file');
    mkdirSync(`${file}.lock`);
    const owner = JSON.stringify({ pid: 2 ** 22 + 1, host: 'another', token: 'x' });
    writeFileSync(`${file}.lock/owner`, owner);
    const waiting = withFileLock(file, async () => 'in', { signal: AbortSignal.timeout(300) });
    await expect(waiting).rejects.toThrow(/timeout/);
    expect(readFileSync(`${file}.lock/owner`, 'utf8')).toBe(owner);
  });

  it.skipIf(process.platform !== 'linux')('leaves the lock of a process that is only stopped', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    const script = `
      import { withFileLock } from './src/file/fileLock.js';
      await withFileLock(${JSON.stringify(file)}, () => {
        process.stdout.write('in');
        return new Promise(resolve => setTimeout(resolve, 60_000));
      });`;
    const child = await startChild(folder, 'holder', script);
    onTestFinished(() => void child.kill('SIGKILL'));
    await new Promise(resolve => child.stdout?.once('data', resolve));
    child.kill('SIGSTOP');
    const untouched = () => {
      const old = new Date(Date.now() - 60_000);
      utimesSync(`${file}.lock`, old, old);
      return withFileLock(file, async () => 'in', { signal: AbortSignal.timeout(300) });
    };
    await expect(untouched()).rejects.toThrow(/timeout/);
    child.kill('SIGKILL');
    await new Promise(resolve => child.once('close', resolve));
    expect(await untouched()).toBe('in');
  });

  it('breaks a lock that nobody has touched for long, by a process whose number another has now', async () => {
    const file = join(temporaryFolder(), 'file');
    mkdirSync(`${file}.lock`);
    const owner = { pid: process.pid, host: hostname(), started: 'long ago', token: 'x' };
    writeFileSync(`${file}.lock/owner`, JSON.stringify(owner));
    const old = new Date(Date.now() - 60_000);
    utimesSync(`${file}.lock`, old, old);
    expect(await withFileLock(file, async () => 'in')).toBe('in');
  });

  it('breaks a lock whose maker died before signing it, but gives a living one the time to sign', async () => {
    const file = join(temporaryFolder(), 'file');
    const onWait = vi.fn();
    mkdirSync(`${file}.lock`);
    const waiting = withFileLock(file, async () => 'in', { onWait });
    await vi.waitFor(() => expect(onWait).toHaveBeenCalled());
    const old = new Date(Date.now() - 3_000);
    utimesSync(`${file}.lock`, old, old);
    expect(await waiting).toBe('in');
  });

  it('touches the lock while it has it, and only then', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const file = join(temporaryFolder(), 'file');
    const lock = `${file}.lock`;
    const isTouched = () => {
      utimesSync(lock, 0, 0);
      vi.advanceTimersByTime(2_000);
      return Date.now() - statSync(lock).mtimeMs < 10_000;
    };
    await withFileLock(file, async () => {
      expect(isTouched()).toBe(true);
      // Another process took it for stale, and has it now.
      renameSync(lock, `${lock}.broken`);
      mkdirSync(lock);
      writeFileSync(join(lock, 'owner'), 'another');
      expect(isTouched()).toBe(false);
    });
    expect(existsSync(lock)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops waiting when it is aborted', async () => {
    const file = join(temporaryFolder(), 'file');
    await withFileLock(file, async () => {
      const waiting = withFileLock(file, async () => 'in', { signal: AbortSignal.timeout(50) });
      await expect(waiting).rejects.toThrow(/timeout/);
    });
  });
});
