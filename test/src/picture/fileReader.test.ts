import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FileReader } from '../../../src/picture/fileReader.js';

const folder = mkdtempSync(join(tmpdir(), 'gradstream-reader-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const content = (length: number, start: number) => Uint8Array.from({ length }, (_, i) => start + i);

describe('FileReader', () => {
  const reader = new FileReader();

  it.each([
    ['small', 10],
    ['larger than the last one', 5000],
    ['smaller again', 3],
    ['empty', 0],
    ['larger than what is kept', 8_000_001],
  ])('reads a file as it is: %s', (name, length) => {
    const bytes = content(length, name.length);
    expect(Buffer.compare(reader.read(fileOf('file', bytes)), bytes)).toBe(0);
  });

  it('reads into the same memory', () => {
    const first = reader.read(fileOf('one', content(100, 1)));
    const second = reader.read(fileOf('two', content(100, 2)));
    expect(second.buffer).toBe(first.buffer);
    expect([...first]).toEqual([...content(100, 2)]);
  });

  it.skipIf(!existsSync('/proc/self/stat'))('reads what has no size, as files of the system', () => {
    expect(Buffer.from(reader.read('/proc/self/stat')).toString()).toContain(String(process.pid));
  });

  it('says what readFileSync says', () => {
    const what = (read: () => unknown): unknown => {
      try {
        return read();
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      }
    };
    for (const path of [join(folder, 'nowhere'), folder]) {
      expect(what(() => reader.read(path))).toBe(what(() => readFileSync(path)));
    }
  });

  it.skipIf(process.platform === 'win32')('refuses what may never end', () => {
    const pipe = join(folder, 'pipe.jpg');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/zero'])
      expect(() => reader.read(path)).toThrow(/pipe or a device, expected a file/);
  });
});
