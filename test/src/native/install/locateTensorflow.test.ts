import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TensorflowMissingError } from '../../../../src/error/tensorflowMissingError.js';
import { locateTensorflow } from '../../../../src/native/install/locateTensorflow.js';
import type { Machine } from '../../../../src/native/install/machine.js';
import { serve } from '../../file/fileServer.js';
import { temporaryFolder } from '../../file/temporaryFolder.js';
import { answerAsIndex, fakeWheel } from './fakeWheel.js';

const { archive, wheel } = fakeWheel();
const linux: Machine = { platform: 'linux', arch: 'x64', glibc: '2.36' };

function writeLibraries(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2']) writeFileSync(join(folder, name), '');
}

describe('locateTensorflow', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('prefers the folder that the user names', async () => {
    const folder = temporaryFolder();
    writeLibraries(folder);
    vi.stubEnv('GRADSTREAM_TENSORFLOW', folder);
    expect(await locateTensorflow({ machine: linux })).toEqual({
      framework: join(folder, 'libtensorflow_framework.so.2'),
      cc: join(folder, 'libtensorflow_cc.so.2'),
      origin: 'path',
      version: null,
    });
  });

  it.each([
    ['a virtual environment', '.'],
    ['its site-packages', 'lib/python3.12/site-packages'],
    ['its tensorflow package', 'lib/python3.12/site-packages/tensorflow'],
  ])('finds what Python has installed in %s', async (_, below) => {
    const venv = temporaryFolder();
    const sitePackages = join(venv, 'lib/python3.12/site-packages');
    writeLibraries(join(sitePackages, 'tensorflow'));
    mkdirSync(join(sitePackages, 'tensorflow_cpu-2.20.0.dist-info'));
    vi.stubEnv('GRADSTREAM_TENSORFLOW', join(venv, below));
    const found = await locateTensorflow({ machine: linux });
    expect(found).toMatchObject({ origin: 'installed', version: '2.20.0' });
    expect(found.cc).toBe(join(sitePackages, 'tensorflow', 'libtensorflow_cc.so.2'));
  });

  it('does not go elsewhere where the folder that the user names is empty', async () => {
    const folder = temporaryFolder();
    vi.stubEnv('GRADSTREAM_TENSORFLOW', folder);
    await expect(locateTensorflow({ machine: linux })).rejects.toThrow(TensorflowMissingError);
    await expect(locateTensorflow({ machine: linux })).rejects.toThrow(folder);
  });

  it('fetches the wheel once, and finds it in the cache from then on', async () => {
    const server = await serve(answerAsIndex(archive, wheel));
    vi.stubEnv('GRADSTREAM_TENSORFLOW', '');
    vi.stubEnv('GRADSTREAM_CACHE', temporaryFolder());
    const options = { machine: linux, wheel, pip: null, indexes: [`${server.url}/simple`] };
    await expect(locateTensorflow({ ...options, install: false })).rejects.toThrow(/gradstream setup/);
    expect((await locateTensorflow(options)).origin).toBe('wheel');
    expect((await locateTensorflow({ ...options, install: false })).origin).toBe('cache');
  });

  it.each([
    ['an unknown system', { platform: 'freebsd', arch: 'x64', glibc: null }, /freebsd on x64.*linux-x64/],
    ['an unknown architecture', { platform: 'linux', arch: 'riscv64', glibc: '2.36' }, /linux on riscv64/],
    ['Windows', { platform: 'win32', arch: 'x64', glibc: null }, /win32 on x64/],
    ['musl', { platform: 'linux', arch: 'x64', glibc: null }, /musl/],
    ['an old glibc', { platform: 'linux', arch: 'x64', glibc: '2.17' }, /2\.27 or newer.*2\.17/],
  ] as const)('says why there is none for %s', async (_, machine, message) => {
    vi.stubEnv('GRADSTREAM_TENSORFLOW', '');
    vi.stubEnv('GRADSTREAM_CACHE', temporaryFolder());
    await expect(locateTensorflow({ machine })).rejects.toThrow(TensorflowMissingError);
    await expect(locateTensorflow({ machine })).rejects.toThrow(message);
  });
});
