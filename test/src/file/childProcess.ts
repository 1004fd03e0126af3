import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs TypeScript that imports the project's files (`./src/...`) in a process of its own; scripts go to `folder`. */
export async function startChild(folder: string, name: string, contents: string): Promise<ChildProcess> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile,
    logLevel: 'error',
  });
  return spawn(process.execPath, [outfile], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** What a child printed, once it has ended. */
export async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout?.on('data', chunk => {
    output += chunk;
  });
  await new Promise(resolve => child.on('close', resolve));
  return output;
}
