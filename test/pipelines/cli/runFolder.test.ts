import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRunFolder } from '../../../pipelines/cli/runFolder.js';
import { FileAccessError } from '../../../src/error/fileAccessError.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gradstream-run-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('The folder of a run', () => {
  it('is none where none was asked for', async () => {
    expect(await openRunFolder({})).toBeUndefined();
  });

  it('need not be there yet for a new run', async () => {
    const path = join(dir, 'new');
    expect(await openRunFolder({ out: path })).toMatchObject({ path, resume: false, found: null, before: null });
  });

  it('is refused for a new run, before it begins, where nothing can be written', async () => {
    const file = join(dir, 'file');
    await writeFile(file, '');
    await expect(openRunFolder({ out: file })).rejects.toThrow(FileAccessError);
    await expect(openRunFolder({ out: join(file, 'below') })).rejects.toThrow(/name another folder by --out/);
  });

  it.each([
    ['a name that is not there', 'mistyped', /mistyped: there is no such folder.*--out/],
    ['a file', 'file', /file: it can't be read as a folder/],
    ['an empty folder', 'empty', /empty: that folder holds no run/],
    ['a folder of other things', 'others', /others: that folder holds no run/],
  ])('is not resumed from %s, and nothing is made there', async (_, name, message) => {
    await writeFile(join(dir, 'file'), '');
    await mkdir(join(dir, 'empty'));
    await mkdir(join(dir, 'others'));
    await writeFile(join(dir, 'others', 'model.keras'), '');
    const before = await readdir(dir, { recursive: true });
    const opening = openRunFolder({ resume: join(dir, name) });
    await expect(opening).rejects.toThrow(InvalidArgumentError);
    await expect(opening).rejects.toThrow(message);
    expect(await readdir(dir, { recursive: true })).toEqual(before);
  });

  it.each(['events.jsonl', 'run.lock'])('is resumed where a killed run has left %s alone', async name => {
    await writeFile(join(dir, name), '');
    expect(await openRunFolder({ resume: dir })).toMatchObject({ path: dir, resume: true, found: null, before: null });
  });

  it('is refused where --out and --resume name two', async () => {
    await expect(openRunFolder({ out: 'a', resume: 'b' })).rejects.toThrow('Leave --out away');
  });
});
