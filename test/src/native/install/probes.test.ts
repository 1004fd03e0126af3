import { afterEach, describe, expect, it, vi } from 'vitest';
import { thisMachine } from '../../../../src/native/install/machine.js';
import { type PinnedWheel, pinnedWheelFor } from '../../../../src/native/install/pinnedWheel.js';
import { pipHas } from '../../../../src/native/install/pipDownload.js';
import { thisProbes } from '../../../../src/native/install/probes.js';
import { serve } from '../../file/fileServer.js';
import { answerAsIndex, fakeWheel } from './fakeWheel.js';

const { platform, arch } = thisMachine();
const pinned = pinnedWheelFor(platform, arch);

describe.skipIf(pinned === undefined)('The way to the wheel', () => {
  afterEach(() => void vi.unstubAllEnvs());

  /** Without pip, and with this one index. */
  const askIndex = (url: string) => {
    vi.stubEnv('PATH', '');
    for (const name of ['PIP_NO_INDEX', 'PIP_EXTRA_INDEX_URL']) vi.stubEnv(name, '');
    vi.stubEnv('PIP_CONFIG_FILE', '/dev/null');
    vi.stubEnv('PIP_INDEX_URL', url);
    return thisProbes(async () => '').source();
  };

  it('is an index that has it', async () => {
    const { url } = await serve(answerAsIndex(new Uint8Array(), pinned as PinnedWheel));
    expect(await askIndex(`${url}/simple`)).toBe(new URL(url).host);
  });

  it('is not an index that answers but lacks it, nor one that is not there', async () => {
    const { url } = await serve(answerAsIndex(new Uint8Array(), fakeWheel().wheel));
    expect(await askIndex(`${url}/simple`)).toBeUndefined();
    expect(await askIndex('http://127.0.0.1:1/simple')).toBeUndefined();
  });
});

describe('pipHas', () => {
  const { wheel } = fakeWheel();
  const answering = (script: string) => pipHas([process.execPath, '-e', script, '--'], wheel);

  it('believes a pip that names the version', async () => {
    expect(await answering('console.log("fake (9.9.10)\\nAvailable versions: 9.9.10, 9.9.9, 9.9.8")')).toBe(true);
  });

  it.each([
    ['has others only', 'console.log("fake (9.9.10)\\nAvailable versions: 9.9.10, 9.9.99")'],
    ['finds none, as without a network', 'console.error("ERROR: No matching distribution found"); process.exit(1)'],
  ])('takes no for an answer of one that %s', async (_, script) => {
    expect(await answering(script)).toBe(false);
  });
});
