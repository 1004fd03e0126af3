import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { bilinearSource } from '../../../src/augment/bilinearWasm.js';
import { scaleSource } from '../../../src/data/scaleWasm.js';
import { resizeSource } from '../../../src/picture/resizeWasm.js';

it.each([
  ['bilinear', bilinearSource],
  ['resize', resizeSource],
  ['scale', scaleSource],
])('%s is compiled from scripts/wasm as it stands there (else run node scripts/wasm.mjs)', (name, compiledFrom) => {
  const source = readFileSync(join(resolve(import.meta.dirname, '../../..'), `scripts/wasm/${name}.ts`));
  expect(createHash('sha256').update(source).digest('hex')).toBe(compiledFrom);
});
