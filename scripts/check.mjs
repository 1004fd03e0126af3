// Formatter and linter, then the type check of everything, tests and the page of the live view included.
import { join } from 'node:path';
import { installPackages, isMain, root, runNode } from './project.mjs';

/** True where all are content; what they find goes to stderr. */
export async function check() {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const tsc = join(root, 'node_modules/typescript/lib/tsc.js');
  const style = await runNode([biome, 'check', '.']);
  const types = await runNode([tsc, '-p', 'tsconfig.check.json']);
  const page = await runNode([tsc, '-p', 'tsconfig.page.json']);
  return style === 0 && types === 0 && page === 0;
}

if (isMain(import.meta.url)) {
  await installPackages();
  process.exitCode = (await check()) ? 0 : 1;
}
