import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nativeOrNull } from '../../helpers/native.js';

const root = resolve(import.meta.dirname, '../../..');
const native = await nativeOrNull();

/** Which this process has set already. */
const settings = ['TF_CPP_MIN_LOG_LEVEL', 'TF_ENABLE_ONEDNN_OPTS', 'TF_OVERRIDE_GLOBAL_THREADPOOL'];

/** Runs a program that has `started(code)`, which resolves with what a worker thread that runs the code posts. */
function run(program: string): { status: number | null; stdout: string; stderr: string } {
  const helper = `
    import { Worker } from 'node:worker_threads';
    const started = code => new Promise((resolve, reject) => {
      const worker = new Worker(code, { eval: true });
      let answer;
      worker.on('message', message => { answer = message; });
      worker.on('error', reject).on('exit', () => resolve(answer));
    });`;
  const args = ['--input-type=module', '--eval', helper + program];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !settings.includes(name)));
  return spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8', timeout: 60_000 });
}

describe.skipIf(native === null)('worker threads', () => {
  it('that load TensorFlow at one time leave the process its standard error', () => {
    const { status, stderr } = run(`
      const code = "import { useNative } from 'gradstream'; await useNative({ threads: 1 })";
      for (let i = 0; i < 3; i++) await Promise.all([started(code), started(code), started(code)]);
      console.error('said afterwards');`);
    expect(status).toBe(0);
    expect(stderr).toContain('said afterwards');
    expect(stderr).not.toContain('File descriptor');
  });

  it('give TensorFlow the settings that the main thread gives it', () => {
    const { stdout } = run(`
      const code = \`
        import { parentPort } from 'node:worker_threads';
        import koffi from 'koffi';
        import { useNative } from 'gradstream';
        await useNative();
        const getenv = koffi.load(null).func('getenv', 'str', ['str']);
        parentPort.postMessage(${JSON.stringify(settings)}.map(name => getenv(name)).join(' '));\`;
      console.log(await started(code));`);
    expect(stdout).toBe('2 1 1\n');
  });
});
