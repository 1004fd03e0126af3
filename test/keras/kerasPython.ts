import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the files are compared with. */
const PACKAGES = ['keras==3.15.1', 'tensorflow-cpu==2.21.*', 'h5py'];

/**
 * A Python with real Keras: GRADSTREAM_KERAS_PYTHON, or a virtual environment of this suite's own, made once from the
 * package index that pip is set to.
 */
export async function kerasPython(): Promise<string> {
  const given = process.env.GRADSTREAM_KERAS_PYTHON;
  if (given !== undefined) return given;
  const folder = join('node_modules', '.cache', 'gradstream-keras');
  const python = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin', 'python');
  if (!existsSync(join(folder, 'ready'))) {
    await run('python3', ['-m', 'venv', folder]);
    await run(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES], { maxBuffer: 1e8 });
    await run(python, ['-c', `import keras, pathlib; pathlib.Path(r'${join(folder, 'ready')}').touch()`]);
  }
  return python;
}

/** Runs a script of this folder and gives what it prints. */
export async function kerasSide(
  python: string,
  command: string,
  folder: string,
  script = 'keras_side.py',
): Promise<string> {
  return (await run(python, [join(import.meta.dirname, script), command, folder], { maxBuffer: 1e8 })).stdout;
}
