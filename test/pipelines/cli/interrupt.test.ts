import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

it.skipIf(process.platform === 'win32')(
  'ends at the second signal, whatever a native call still does',
  async () => {
    const program = `
    import koffi from 'koffi';
    import { interrupt } from './dist/pipelines/cli/interrupt.js';
    process.on('exit', code => console.log('exit', code));
    interrupt(line => console.log(line)).subscribe();
    koffi.load(null).func('unsigned int sleep(unsigned int)').async(20, () => undefined);
    console.log('ready');`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { cwd: root });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    const printed = (text: string) =>
      new Promise<void>(found =>
        child.stdout.on('data', chunk => {
          output += chunk;
          if (output.includes(text)) found();
        }),
      );
    const closed = new Promise(end => child.once('close', end));
    await printed('ready');
    child.kill('SIGINT');
    await printed('Stopping after this step');
    const asked = performance.now();
    child.kill('SIGINT');
    expect(await closed).toBe(130);
    expect(performance.now() - asked).toBeLessThan(5000);
    expect(output).toMatch(/exit 130\n$/);
  },
  30_000,
);
