import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../src/file/temporaryFolder.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Code blocks of the page that begin with a file's name. */
function filesIn(page: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  const blocks = [...text.matchAll(/```ts\n\/\/ (\S+\.ts)\n([\s\S]*?)```/g)];
  return new Map(blocks.map(([, name, code]) => [name, code]));
}

/** The test that the page shows, with as many milliseconds as given in place of the ten that it waits. */
async function testOnPage(milliseconds = 10): Promise<() => void> {
  const folder = temporaryFolder();
  for (const [name, code] of filesIn('controllers.md')) {
    writeFileSync(join(folder, name), code.replace('stopWhenStuck(10)', `stopWhenStuck(${milliseconds})`));
  }
  const outfile = join(folder, 'bundle.mjs');
  await build({
    entryPoints: [join(folder, 'stopWhenStuck.test.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
    nodePaths: [join(root, 'node_modules')],
    alias: { 'gradstream/testing': join(root, 'operators/testing/index.ts') },
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(root)});`,
    },
  });
  const { test } = (await import(pathToFileURL(outfile).href)) as { test: () => void };
  return test;
}

describe('the page on controllers', () => {
  it('shows a controller and a test that it passes', async () => {
    expect((await testOnPage())()).toBeUndefined();
  });

  it('shows a test that a wrong controller fails', async () => {
    expect(await testOnPage(9)).toThrow();
  });
});
