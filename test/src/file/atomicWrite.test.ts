import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileAccessError } from '../../../src/error/fileAccessError.js';
import { atomicWrite } from '../../../src/file/atomicWrite.js';
import { temporaryFolder } from './temporaryFolder.js';

describe('atomicWrite', () => {
  it('writes text and bytes, and makes the folders on the way', async () => {
    const folder = temporaryFolder();
    await atomicWrite(join(folder, 'a/b/text'), 'größer');
    await atomicWrite(join(folder, 'bytes'), Uint8Array.of(1, 2, 3));
    expect(readFileSync(join(folder, 'a/b/text'), 'utf8')).toBe('größer');
    expect([...readFileSync(join(folder, 'bytes'))]).toEqual([1, 2, 3]);
  });

  it('lets a function write the temporary file', async () => {
    const file = join(temporaryFolder(), 'file');
    await atomicWrite(file, temporary => writeFile(temporary, 'by a function'));
    expect(readFileSync(file, 'utf8')).toBe('by a function');
  });

  it.each(['ENOSPC', 'EACCES', 'EROFS'])('keeps the old file and leaves nothing else behind on %s', async code => {
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    writeFileSync(file, 'old');
    const failing = atomicWrite(file, async temporary => {
      await writeFile(temporary, 'half');
      throw Object.assign(new Error('injected'), { code });
    });
    await expect(failing).rejects.toThrow(FileAccessError);
    await expect(failing).rejects.toThrow(new RegExp(`${file}.*${code}.*name another place\\.$`));
    expect(readdirSync(folder)).toEqual(['file']);
    expect(readFileSync(file, 'utf8')).toBe('old');
  });

  it('removes what killed processes left of the same file, once it is a minute old', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'model.keras');
    const gone = 2 ** 22 + 1;
    const old = [`model.keras.${gone}-0123abcd.tmp`, `model.keras.${gone}-0123abcd.tmp.weights`];
    const kept = [
      `model.keras.${gone}-aaaaaaaa.tmp`,
      `model.keras.${process.pid}-bbbbbbbb.tmp`,
      `other.keras.${gone}-0123abcd.tmp`,
      'model.keras.tmp',
    ];
    for (const name of [...old, ...kept]) writeFileSync(join(folder, name), '');
    for (const name of [...old, ...kept.slice(1)]) utimesSync(join(folder, name), 0, 0);
    await atomicWrite(file, 'new');
    expect(readdirSync(folder).sort()).toEqual([...kept, 'model.keras'].sort());
  });

  it('lets other errors through as they are', async () => {
    const error = new Error('of the writer');
    await expect(atomicWrite(join(temporaryFolder(), 'file'), () => Promise.reject(error))).rejects.toBe(error);
  });
});
