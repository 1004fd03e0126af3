import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadInChild } from '../../../pipelines/cli/loadInChild.js';
import { temporaryFolder } from '../../src/file/temporaryFolder.js';

const files = { framework: '/c/framework', cc: '/c/cc' };

function loadBy(script: string): Promise<string> {
  const file = join(temporaryFolder(), 'load.mjs');
  writeFileSync(file, script);
  return loadInChild(files, file);
}

it('gives the libraries to a process of its own, and says what that found', async () => {
  expect(await loadBy('process.stdout.write(process.argv.slice(2).join())')).toBe('TensorFlow /c/framework,/c/cc');
});

it('outlives libraries that end the process', async () => {
  await expect(loadBy('process.kill(process.pid, "SIGSEGV"); setInterval(() => {}, 1000)')).rejects.toThrow(
    'ends the process that does so (SIGSEGV)',
  );
});

it('says what the system has against them', async () => {
  await expect(loadBy('process.stderr.write("wrong ELF class"); process.exitCode = 1')).rejects.toThrow(
    /^wrong ELF class$/,
  );
});
