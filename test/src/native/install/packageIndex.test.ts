import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { addressOnIndex, packageIndexes } from '../../../../src/native/install/packageIndex.js';
import { serve } from '../../file/fileServer.js';
import { temporaryFolder } from '../../file/temporaryFolder.js';

describe('packageIndexes', () => {
  it('takes the environment before the configuration, and the extra ones last', async () => {
    const file = join(temporaryFolder(), 'pip.conf');
    writeFileSync(
      file,
      '[global]\nindex-url = https://config.example/simple\nextra-index-url = https://extra.example/\n',
    );
    expect(await packageIndexes({ PIP_CONFIG_FILE: file })).toEqual([
      'https://config.example/simple',
      'https://extra.example/',
    ]);
    expect(await packageIndexes({ PIP_CONFIG_FILE: file, PIP_INDEX_URL: 'https://env.example/simple' })).toEqual([
      'https://env.example/simple',
      'https://extra.example/',
    ]);
  });

  it('leaves out what is no address', async () => {
    expect(await packageIndexes({ PIP_INDEX_URL: 'nonsense', PIP_EXTRA_INDEX_URL: 'https://a.example/ ../b' })).toEqual(
      ['https://a.example/'],
    );
  });

  it('is the public one where none is set, and none where indexes are forbidden', async () => {
    const file = join(temporaryFolder(), 'pip.conf');
    const [index] = await packageIndexes({ PIP_CONFIG_FILE: file });
    expect(URL.canParse(index)).toBe(true);
    expect(await packageIndexes({ PIP_CONFIG_FILE: file, PIP_EXTRA_INDEX_URL: 'https://a.example/' })).toEqual([
      index,
      'https://a.example/',
    ]);
    expect(await packageIndexes({ PIP_NO_INDEX: '1' })).toEqual([]);
    writeFileSync(file, '[global]\nno-index = true\n');
    expect(await packageIndexes({ PIP_CONFIG_FILE: file })).toEqual([]);
  });
});

it('takes no settings from a home that is not there', async () => {
  vi.stubEnv('HOME', '');
  expect(await packageIndexes({ PIP_INDEX_URL: 'https://a.example/' })).toEqual(['https://a.example/']);
  vi.unstubAllEnvs();
});

describe('addressOnIndex', () => {
  it('gives up on an index that does not answer, with a signal of the caller or without', async () => {
    const server = await serve(() => {});
    const realTimeout = AbortSignal.timeout;
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => realTimeout.call(AbortSignal, 50));
    const { signal } = new AbortController();
    await expect(addressOnIndex(server.url, 'a', 'a.whl')).rejects.toThrow('timeout');
    await expect(addressOnIndex(server.url, 'a', 'a.whl', signal)).rejects.toThrow('timeout');
    timeout.mockRestore();
  });
});
