import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileAccessError } from '../../../src/error/fileAccessError.js';
import { makeFolder } from '../../../src/file/makeFolder.js';
import { temporaryFolder } from './temporaryFolder.js';

describe('makeFolder', () => {
  it('makes the folders above as well, and leaves one that is there alone', () => {
    const folder = join(temporaryFolder(), 'a/b/c');
    makeFolder(folder);
    expect(statSync(folder).isDirectory()).toBe(true);
    writeFileSync(join(folder, 'file'), '');
    makeFolder(folder);
    expect(existsSync(join(folder, 'file'))).toBe(true);
  });

  it.each(['file', 'file/below'])('throws where a file is in the way: %s', path => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(() => makeFolder(join(folder, path))).toThrow(/EEXIST|ENOTDIR/);
  });

  it.runIf(existsSync('/proc/self'))('throws where the system has no new folders at all', () => {
    expect(() => makeFolder('/proc/nothing/below')).toThrow(FileAccessError);
  });
});
