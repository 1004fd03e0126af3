import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { growingFile } from '../../../operators/internal/growingFile.js';

const disk = vi.hoisted(() => ({ full: false }));

/** A full disk takes half of what is written. */
vi.mock('node:fs', async original => {
  const fs = await original<typeof import('node:fs')>();
  return {
    ...fs,
    writeFileSync(file: number, whole: string | Uint8Array) {
      if (!disk.full) return fs.writeFileSync(file, whole);
      fs.writeFileSync(file, whole.slice(0, whole.length / 2));
      throw new Error('ENOSPC: no space left on device, write');
    },
  };
});

const folder = mkdtempSync(join(tmpdir(), 'gradstream-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('growingFile', () => {
  it('touches nothing before its first use, and may be closed without one', () => {
    const path = join(folder, 'old');
    writeFileSync(path, 'old\n');
    growingFile(path, false).close();
    expect(readFileSync(path, 'utf8')).toBe('old\n');
  });

  it('begins anew or adds, and makes the folder', () => {
    const path = join(folder, 'a', 'b', 'c');
    for (const [append, expected] of [
      [false, 'x\n'],
      [true, 'x\nx\n'],
      [false, 'x\n'],
    ] as const) {
      const file = growingFile(path, append);
      file.write('x\n');
      file.close();
      expect(readFileSync(path, 'utf8')).toBe(expected);
    }
  });

  it('takes records of bytes', () => {
    const path = join(folder, 'records');
    const file = growingFile(path, false);
    file.write(Uint8Array.of(0, 255));
    file.write(Uint8Array.of(128));
    expect(file.size()).toBe(3);
    file.close();
    expect([...readFileSync(path)]).toEqual([0, 255, 128]);
  });

  it('leaves no half line behind where the disk is full, and goes on when there is room again', () => {
    const path = join(folder, 'full');
    const file = growingFile(path, false);
    file.write('one\n');
    disk.full = true;
    expect(() => file.write('two\n')).toThrow(/ENOSPC/);
    expect(readFileSync(path, 'utf8')).toBe('one\n');
    disk.full = false;
    file.write('three\n');
    file.close();
    expect(readFileSync(path, 'utf8')).toBe('one\nthree\n');
  });

  it.skipIf(process.platform === 'win32')('says that it was removed, instead of writing into nothing', () => {
    const path = join(folder, 'removed', 'log');
    const file = growingFile(path, false);
    file.write('one\n');
    rmSync(join(folder, 'removed'), { recursive: true });
    expect(() => file.write('two\n')).toThrow(
      /removed.log was removed meanwhile: what comes from now on is in no file/,
    );
    file.close();
  });
});
