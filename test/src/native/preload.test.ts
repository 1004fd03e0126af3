import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nativeOrNull } from '../../helpers/native.js';

const root = resolve(import.meta.dirname, '../../..');
const native = await nativeOrNull();

/** Runs a program that begins with the preload, in a process of its own. */
function run(rest: string): { status: number | null; stdout: string; stderr: string } {
  const program = `import 'gradstream/preload';\n${rest}`;
  const args = ['--input-type=module', '--eval', program];
  return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', timeout: 20_000 });
}

describe.skipIf(native === null)('gradstream/preload', () => {
  it('loads TensorFlow without a word while the program goes on', () => {
    const { status, stdout, stderr } = run(`
      const { useNative } = await import('gradstream');
      const tf = await import('@tensorflow/tfjs-core');
      await useNative();
      console.log(tf.getBackend(), await tf.add([1, 2], [3, 4]).array());`);
    expect([status, stdout, stderr]).toEqual([0, 'tensorflow [ 4, 6 ]\n', '']);
  });

  it('loses nothing of what the program writes meanwhile', () => {
    const { status, stderr } = run("process.stderr.write('one\\n\\n'); process.stderr.write('two\\n');");
    expect([status, stderr]).toEqual([0, 'one\n\ntwo\n']);
  });

  it('loses no error that ends the program meanwhile', () => {
    const { status, stderr } = run("throw new Error('the reason');");
    expect(status).toBe(1);
    expect(stderr).toContain('Error: the reason');
  });

  it('takes more than a pipe would hold', () => {
    const { status, stderr } = run("process.stderr.write('x'.repeat(200_000)); console.error('end');");
    expect([status, stderr.length, stderr.slice(-4)]).toEqual([0, 200_004, 'end\n']);
  });

  it("does not wait for a child's end, nor loses what the child says", () => {
    const { status, stdout, stderr } = run(`
      import { spawn } from 'node:child_process';
      const child = spawn('sh', ['-c', 'sleep 4; echo said late >&2'], { stdio: 'inherit' });
      let longest = 0;
      let before = performance.now();
      const timer = setInterval(() => {
        longest = Math.max(longest, performance.now() - before);
        before = performance.now();
      }, 50);
      child.on('exit', () => {
        clearInterval(timer);
        console.log(longest < 2500 ? 'ticked' : 'blocked');
      });`);
    expect([status, stdout]).toEqual([0, 'ticked\n']);
    expect(stderr).toContain('said late\n');
  });

  it('lets a program end at once', () => {
    expect(run("process.stderr.write('said'); process.exit(3);")).toMatchObject({ status: 3, stderr: 'said' });
  });
});
