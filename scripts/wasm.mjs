// Compiles scripts/wasm/bilinear.ts (AssemblyScript) and writes the bytes into src/augment/bilinearWasm.ts: only needed where the
// former was changed. `--check` writes nothing, and fails where the two don't fit together.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run } from './project.mjs';

const source = join(root, 'scripts/wasm/bilinear.ts');
const target = join(root, 'src/augment/bilinearWasm.ts');
const compiler = 'assemblyscript@0.28.20';
const options = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--noAssert', '--converge'];

const folder = mkdtempSync(join(tmpdir(), 'gradstream-wasm-'));
try {
  const made = join(folder, 'bilinear.wasm');
  const code = await run('npx', ['--yes', '--package', compiler, 'asc', source, '--outFile', made, ...options]);
  if (code !== 0) throw new Error(`${compiler} could not compile ${source}, see above.`);
  const text = moduleOf(readFileSync(made).toString('base64'));
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    throw new Error(`${target} is not what ${source} compiles to: run node scripts/wasm.mjs.`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** The checksum lets a test notice, without the compiler, that the source has changed since. */
function moduleOf(base64) {
  const checksum = createHash('sha256').update(readFileSync(source)).digest('hex');
  const lines = base64.match(/.{1,100}/g).map(line => `  '${line}'`);
  return `/** What scripts/wasm/bilinear.ts of this checksum compiles to; written by scripts/wasm.mjs. */
export const bilinearSource = '${checksum}';

export const bilinearWasm =
${lines.join(' +\n')};
`;
}
