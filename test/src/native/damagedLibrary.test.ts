import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { nativeOrNull } from '../../helpers/native.js';

const root = resolve(import.meta.dirname, '../../..');
const native = await nativeOrNull();
const folder = mkdtempSync(join(tmpdir(), 'gradstream-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.skipIf(native === null)('a program whose TensorFlow is damaged goes on with WebAssembly, and ends well', () => {
  const { framework, cc } = native?.files ?? { framework: '', cc: '' };
  symlinkSync(framework, join(folder, basename(framework)));
  writeFileSync(join(folder, basename(cc)), new Uint8Array(4096));
  const program = `
    import { useNative, useWasm } from 'gradstream';
    await useNative().catch(error => {
      console.log(error.name);
      return useWasm();
    });
    console.log('goes on');`;
  const { status, signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
    env: { ...process.env, GRADSTREAM_TENSORFLOW: folder },
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect([status, signal, stdout]).toEqual([0, null, 'LibraryLoadError\ngoes on\n']);
});
