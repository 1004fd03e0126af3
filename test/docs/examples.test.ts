import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Within the package, where its own name leads to what is built of it. */
const folder = join(root, 'dist/.examples');

const filesOf = (place: string, suffix: string): string[] =>
  readdirSync(join(root, place), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(suffix))
    .map(name => join(place, name));

interface Example {
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

/** Code blocks, which on pages are whole; in sources those are that import something. */
function examplesIn(file: string): Example[] {
  const text = readFileSync(join(root, file), 'utf8');
  const margin = file.endsWith('.ts') ? ' \\* ?' : '';
  const blocks = text.matchAll(new RegExp(`^${margin}\`\`\`ts\\n(?<code>[\\s\\S]*?)^${margin}\`\`\``, 'gm'));
  return [...blocks]
    .map(({ index, groups }) => ({
      file,
      line: text.slice(0, index).split('\n').length + 1,
      code: (groups?.code ?? '').replace(new RegExp(`^${margin}`, 'gm'), ''),
    }))
    .filter(({ code }) => !file.endsWith('.ts') || /^import /m.test(code));
}

const examples = [
  'README.md',
  ...filesOf('docs', '.md'),
  ...['src', 'operators', 'pipelines'].flatMap(place => filesOf(place, '.ts')),
].flatMap(examplesIn);

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  const { strict, target, lib, module, skipLibCheck, types } = compilerOptions;
  const options = { strict, target, lib, module, skipLibCheck, types, noEmit: true };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('all examples of the documentation compile as they stand', async () => {
  expect(examples.length).toBeGreaterThan(40);
  // They are a user's, who has the package alone.
  expect(examples.filter(({ code }) => /from '\.\.\//.test(code))).toEqual([]);
  // Some say which file they are, for others to import.
  const names = new Map(
    examples.map((example, i) => [/^\/\/ (\S+\.ts)\n/.exec(example.code)?.[1] ?? `example${i}.ts`, example]),
  );
  for (const [name, { code }] of names) writeFileSync(join(folder, name), `${code}\nexport {};\n`);
  const tsc = join(root, 'node_modules/typescript/lib/tsc.js');
  const report = await promisify(execFile)(process.execPath, [tsc, '-p', folder, '--pretty', 'false']).catch(
    (error: { stdout: string }) => error,
  );
  const problems = report.stdout.replace(/(?:\S*\/)?(\w[\w.]*\.ts)\((\d+)/g, (_, name: string, line: string) => {
    const { file = name, line: first = 1 } = names.get(name) ?? {};
    return `${file}(${first + Number(line) - 1}`;
  });
  expect(problems).toBe('');
});
