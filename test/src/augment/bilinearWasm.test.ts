import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { bilinearSource } from '../../../src/augment/bilinearWasm.js';

it('is compiled from scripts/wasm/bilinear.ts as it stands (else run node scripts/wasm.mjs)', () => {
  const source = readFileSync(join(resolve(import.meta.dirname, '../../..'), 'scripts/wasm/bilinear.ts'));
  expect(createHash('sha256').update(source).digest('hex')).toBe(bilinearSource);
});
