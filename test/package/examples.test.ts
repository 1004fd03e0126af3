import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
];

interface Example {
  /** Page and line, or the name that its first line gives it. */
  readonly name: string;
  readonly code: string;
}

function examplesOf(page: string): Example[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(match => {
    const [, code = ''] = match;
    const line = text.slice(0, match.index).split('\n').length + 1;
    const [, named] = /^\/\/ (\S+)\.ts\n/.exec(code) ?? [];
    return { name: `${named ?? `${page.replace(/\W/g, '_')}_${line}`}.ts`, code };
  });
}

/** By the package's own name, as its users have it. */
it('every TypeScript example of README and docs is whole, and of the right types', { timeout: 120_000 }, async () => {
  const folder = join(root, 'dist/.examples');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  try {
    const examples = pages.flatMap(examplesOf);
    expect(examples.length).toBeGreaterThan(10);
    // Two examples may use one name.
    for (const { name, code } of examples) writeFileSync(join(folder, name), `${code}\nexport {};\n`);
    const tsc = join(root, 'node_modules/typescript/lib/tsc.js');
    const options = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--types',
      'node',
    ];
    const files = examples.map(({ name }) => join(folder, name));
    const found = await promisify(execFile)(process.execPath, [tsc, '--ignoreConfig', ...options, ...files]).then(
      () => '',
      (error: { readonly stdout: string }) => error.stdout,
    );
    expect(found).toBe('');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
