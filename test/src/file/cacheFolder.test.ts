import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cacheFolder } from '../../../src/file/cacheFolder.js';

describe('cacheFolder', () => {
  const platform = Object.getOwnPropertyDescriptor(process, 'platform')!;

  beforeEach(() => {
    for (const name of ['GRADSTREAM_CACHE', 'XDG_CACHE_HOME', 'LOCALAPPDATA']) vi.stubEnv(name, '');
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    Object.defineProperty(process, 'platform', platform);
  });

  it('prefers GRADSTREAM_CACHE over everything', () => {
    vi.stubEnv('GRADSTREAM_CACHE', '/own');
    vi.stubEnv('XDG_CACHE_HOME', '/xdg');
    expect(cacheFolder('a', 'b')).toBe(join('/own', 'a', 'b'));
  });

  it('lies in XDG_CACHE_HOME where that is set', () => {
    vi.stubEnv('XDG_CACHE_HOME', '/xdg');
    expect(cacheFolder()).toBe(join('/xdg', 'gradstream'));
  });

  it.skipIf(process.platform === 'win32').each(['', 'relative'])('asks for a place where HOME is %j', home => {
    vi.stubEnv('HOME', home);
    expect(() => cacheFolder()).toThrow(/no home folder.*GRADSTREAM_CACHE/);
    vi.stubEnv('GRADSTREAM_CACHE', '/own');
    expect(cacheFolder()).toBe('/own');
  });

  it.each([
    ['linux', join(homedir(), '.cache', 'gradstream')],
    ['darwin', join(homedir(), 'Library', 'Caches', 'gradstream')],
    ['win32', join(homedir(), 'AppData', 'Local', 'gradstream')],
  ])('follows the custom of %s', (name, expected) => {
    Object.defineProperty(process, 'platform', { value: name });
    expect(cacheFolder()).toBe(expected);
  });
});
