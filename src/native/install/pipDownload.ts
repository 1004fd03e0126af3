import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { makeFolder } from '../../file/makeFolder.js';
import type { PinnedWheel } from './pinnedWheel.js';

/** A way to call pip: a program and its first arguments. */
export type Pip = readonly [program: string, ...args: string[]];

const CANDIDATES: readonly Pip[] = [
  ['pip3'],
  ['pip'],
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['py', '-m', 'pip'],
];

/** The first pip that answers, or undefined. */
export async function findPip(candidates: readonly Pip[] = CANDIDATES): Promise<Pip | undefined> {
  for (const pip of candidates) {
    const { status } = await call(pip, ['--version']);
    if (status === 0) return pip;
  }
  return undefined;
}

/**
 * Lets pip fetch a wheel into `folder`: the user's index, mirror, proxy, certificates and credentials hold. The tags in
 * the call choose the pinned file whatever Python runs pip.
 *
 * @throws Error with pip's own last word
 */
export async function pipDownload(
  pip: Pip,
  wheel: PinnedWheel,
  folder: string,
  signal?: AbortSignal | undefined,
): Promise<string> {
  // Also pip's temporary files, so that the folder's growth tells how far it is and nothing is left elsewhere.
  const temporary = join(folder, 'tmp');
  makeFolder(temporary);
  const { status, output } = await call(
    pip,
    ['download', '--no-deps', ...tagsOf(wheel)]
      .concat(['--progress-bar', 'off', '--dest', folder])
      .concat([`${wheel.project}==${wheel.version}`]),
    { PIP_NO_INPUT: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1', TMPDIR: temporary, TEMP: temporary, TMP: temporary },
    signal,
  );
  signal?.throwIfAborted();
  if (status === 0) return join(folder, wheel.fileName);
  const lines = output.trim().split('\n');
  throw new Error((lines.findLast(line => line.startsWith('ERROR')) ?? lines.at(-1) ?? '').replace(/^ERROR:\s*/, ''));
}

/** Whether pip finds a wheel where it would fetch it from; false by a pip of before 2021, which can't be asked. */
export async function pipHas(pip: Pip, wheel: PinnedWheel): Promise<boolean> {
  const hurry = ['--retries', '0', '--timeout', '3'];
  const { status, output } = await call(pip, ['index', 'versions', wheel.project, ...tagsOf(wheel), ...hurry]);
  return status === 0 && output.split(/[\s,()]+/).includes(wheel.version);
}

function tagsOf({ platform, python, abi }: PinnedWheel): string[] {
  const tags = ['--platform', platform, '--python-version', python, '--implementation', 'cp', '--abi', abi];
  return ['--only-binary', ':all:', ...tags];
}

function call(
  [program, ...first]: Pip,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<{ readonly status: number | null; readonly output: string }> {
  return new Promise(resolve => {
    const child = spawn(program, [...first, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal === undefined ? {} : { signal }),
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-10_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', error => resolve({ status: null, output: error.message }));
    child.on('close', status => resolve({ status, output }));
  });
}
