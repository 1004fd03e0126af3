import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../src/native/install/diagnose.js';
import { type Probes, probeFolder } from '../../../../src/native/install/probes.js';
import { temporaryFolder } from '../../file/temporaryFolder.js';

const files = { framework: '/c/framework', cc: '/c/cc', origin: 'cache', version: '2.21.0' } as const;
const notThere = () => Promise.reject(new Error('Run: gradstream setup'));

const healthy: Probes = {
  node: '22.1.0',
  machine: { platform: 'linux', arch: 'x64', glibc: '2.36' },
  avx: true,
  bfloat16: false,
  cache: { folder: '/home/me/.cache/gradstream', writable: true, freeBytes: 50e9 },
  koffi: '3.3.4',
  source: async () => 'pip3',
  tensorflow: async () => files,
  load: async () => 'TensorFlow 2.21.0',
};

describe('diagnose', () => {
  it('finds nothing wrong with a machine that has everything', async () => {
    const findings = await diagnose(healthy);
    expect(findings.map(({ status }) => status)).toEqual(findings.map(() => 'ok'));
    expect(findings.map(({ part }) => part)).toEqual([
      'Node',
      'System',
      'Processor',
      'Cache',
      'koffi',
      'TensorFlow',
      'Loading',
    ]);
    expect(findings.at(-1)?.found).toBe('TensorFlow 2.21.0');
  });

  it.each<[string, Partial<Probes>, string, string, RegExp]>([
    ['an old Node', { node: '18.20.0' }, 'Node', 'missing', /20\.9/],
    ['Node 20 of the first days', { node: '20.1.0' }, 'Node', 'missing', /20\.9/],
    [
      'an unsupported system',
      { machine: { platform: 'win32', arch: 'x64', glibc: null } },
      'System',
      'missing',
      /no native TensorFlow for win32.*WebAssembly/,
    ],
    ['musl', { machine: { platform: 'linux', arch: 'x64', glibc: null } }, 'System', 'missing', /musl/],
    ['an old glibc', { machine: { platform: 'linux', arch: 'x64', glibc: '2.17' } }, 'System', 'missing', /2\.27/],
    ['a processor without AVX', { avx: false }, 'Processor', 'missing', /AVX/],
    ['a processor that tells nothing', { avx: null }, 'Processor', 'warning', /needs it/],
    [
      'a read-only home',
      { cache: { ...healthy.cache, writable: false }, tensorflow: notThere },
      'Cache',
      'missing',
      /writable.*GRADSTREAM_CACHE/,
    ],
    ['a read-only cache that has it', { cache: { ...healthy.cache, writable: false } }, 'Cache', 'warning', /writable/],
    [
      'a full disk',
      { cache: { ...healthy.cache, freeBytes: 2e8 }, tensorflow: notThere },
      'Cache',
      'missing',
      /needs 1\.1 GB.*GRADSTREAM_CACHE/,
    ],
    ['no koffi', { koffi: undefined }, 'koffi', 'missing', /npm install/],
    [
      'no way to the wheel',
      { source: async () => undefined, tensorflow: notThere },
      'Download',
      'missing',
      /PIP_INDEX_URL/,
    ],
    ['no library', { tensorflow: notThere }, 'TensorFlow', 'missing', /gradstream setup/],
    [
      'a library that does not load',
      { load: () => Promise.reject(new Error('bad ELF')) },
      'Loading',
      'missing',
      /setup --force/,
    ],
  ])('names %s and its cure', async (_, change, part, status, cure) => {
    const finding = (await diagnose({ ...healthy, ...change })).find(found => found.part === part);
    expect(finding?.status).toBe(status);
    expect(finding?.cure).toMatch(cure);
  });

  it.each([
    [true, 'AVX, bfloat16'],
    [false, 'AVX'],
    [null, 'AVX'],
  ])('names what the processor computes in: %s', async (bfloat16, found) => {
    const findings = await diagnose({ ...healthy, bfloat16 });
    expect(findings.find(({ part }) => part === 'Processor')).toEqual({ part: 'Processor', status: 'ok', found });
  });

  it('does not look for a way to the wheel, nor mind a full disk, where the libraries are there', async () => {
    const source = () => Promise.reject(new Error('must not be asked'));
    const findings = await diagnose({ ...healthy, source, cache: { ...healthy.cache, freeBytes: 0 } });
    expect(findings.every(({ status }) => status === 'ok')).toBe(true);
  });

  it('does not load the library where that would end the process', async () => {
    const load = () => Promise.reject(new Error('must not be called'));
    const findings = await diagnose({ ...healthy, avx: false, load });
    expect(findings.map(({ part }) => part)).not.toContain('Loading');
  });

  it('looks at the nearest folder that exists', () => {
    const folder = `${temporaryFolder()}/not/there/yet`;
    const probed = probeFolder(folder);
    expect(probed).toMatchObject({ folder, writable: true });
    expect(probed.freeBytes).toBeGreaterThan(0);
  });

  it('says that nothing can be written where a file is in the way', () => {
    const file = `${temporaryFolder()}/file`;
    writeFileSync(file, '');
    expect(probeFolder(file)).toMatchObject({ folder: file, writable: false });
    expect(probeFolder(`${file}/below`)).toMatchObject({ folder: `${file}/below`, writable: false });
  });
});
