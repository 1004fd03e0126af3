import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { GradstreamError } from '../../src/error/gradstreamError.js';
import { printLine } from './benchLine.js';

/** Time from just before a process is spawned to the end of its first training step of the MLP, taken from outside. */
export async function benchStartup({ threads }: { readonly threads: number }): Promise<void> {
  const program = fileURLToPath(new URL('./firstStep.js', import.meta.url));
  const start = performance.now();
  const child = spawn(process.execPath, [program, String(threads)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let end: number | undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    if (chunk.includes('first-step')) end ??= performance.now();
  });
  const code = await new Promise(resolve => child.on('close', resolve));
  if (end === undefined) throw new GradstreamError(`The program ended with exit code ${code} before its first step.`);
  printLine({ bench: 'startup', variant: 'compiled', ms: end - start, threads });
}
