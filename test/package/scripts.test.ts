import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** Files of packages that the scripts name. */
const tools = readdirSync(join(root, 'scripts'))
  .filter(name => name.endsWith('.mjs'))
  .flatMap(name => [...readFileSync(join(root, 'scripts', name), 'utf8').matchAll(/'(node_modules\/[^']+)'/g)])
  .map(([, file = '']) => file)
  .filter(file => statSync(join(root, file)).isFile());

it('the scripts start no ES module without an extension, which Node 20.9 refuses', () => {
  expect(tools).toContain('node_modules/vitest/vitest.mjs');
  expect(tools.filter(file => extname(file) === '' && typeOf(join(root, dirname(file))) === 'module')).toEqual([]);
});

/** What the nearest package.json says of the files in a folder. */
function typeOf(folder: string): string | undefined {
  const manifest = join(folder, 'package.json');
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).type : typeOf(dirname(folder));
}
