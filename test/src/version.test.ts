import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { VERSION } from '../../src/version.js';

it('the version is the one in package.json', () => {
  expect(VERSION).toBe(createRequire(import.meta.url)('../../package.json').version);
});
