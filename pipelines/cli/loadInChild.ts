import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { GradstreamError } from '../../src/error/gradstreamError.js';
import type { LibraryFiles } from '../../src/native/library.js';

const program = fileURLToPath(new URL('./loadLibraries.js', import.meta.url));

/**
 * Loads TensorFlow's libraries in a process of its own, and says what they are.
 *
 * @throws GradstreamError where they can't be loaded, or end that process
 */
export async function loadInChild({ framework, cc }: LibraryFiles, script = program): Promise<string> {
  const child = spawn(process.execPath, [script, framework, cc], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<readonly [number | null, NodeJS.Signals | null]>(resolve =>
    child.on('close', (...how) => resolve(how)),
  );
  const [version, problem, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code === 0) return `TensorFlow ${version}`;
  throw new GradstreamError(signal === null ? problem.trim() : `ends the process that does so (${signal})`);
}
