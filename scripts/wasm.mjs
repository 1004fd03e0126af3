// Compiles scripts/wasm/*.ts (AssemblyScript) and writes the bytes into src/: only needed where one of the former was changed.
// `--check` writes nothing, and fails where source and bytes don't fit together.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run } from './project.mjs';

const targets = {
  bilinear: 'src/augment/bilinearWasm.ts',
  resize: 'src/picture/resizeWasm.ts',
  scale: 'src/data/scaleWasm.ts',
};
const compiler = 'assemblyscript@0.28.20';
const options = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--noAssert', '--converge'];

const folder = mkdtempSync(join(tmpdir(), 'gradstream-wasm-'));
try {
  for (const [name, target] of Object.entries(targets)) await compile(name, join(root, target));
} finally {
  rmSync(folder, { recursive: true });
}

async function compile(name, target) {
  const source = join(root, `scripts/wasm/${name}.ts`);
  const made = join(folder, `${name}.wasm`);
  const code = await run('npx', ['--yes', '--package', compiler, 'asc', source, '--outFile', made, ...options]);
  if (code !== 0) throw new Error(`${compiler} could not compile ${source}, see above.`);
  const text = moduleOf(name, readFileSync(source), readFileSync(made).toString('base64'));
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    throw new Error(`${target} is not what ${source} compiles to: run node scripts/wasm.mjs.`);
  }
}

/** The checksum lets a test notice, without the compiler, that the source has changed since. */
function moduleOf(name, source, base64) {
  const checksum = createHash('sha256').update(source).digest('hex');
  const lines = base64.match(/.{1,100}/g).map(line => `  '${line}'`);
  return `/** What scripts/wasm/${name}.ts of this checksum compiles to; written by scripts/wasm.mjs. */
export const ${name}Source = '${checksum}';

export const ${name}Wasm =
${lines.join(' +\n')};
`;
}
