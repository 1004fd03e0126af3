import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runGolden } from '../../../pipelines/golden/runGolden.js';
import { nativeOrNull } from '../../helpers/native.js';

const golden = process.env.GRADSTREAM_GOLDEN ?? fileURLToPath(new URL('../../../../shared/golden', import.meta.url));
const native = await nativeOrNull();

describe.skipIf(!existsSync(golden) || native === null)('training (skipped without golden data or TensorFlow)', () => {
  it("agrees with Keras's fit, compiled and eager", { timeout: 120_000 }, async () => {
    const lines: string[] = [];
    const { passed } = await runGolden(golden, { only: 'train', write: line => lines.push(line) });
    expect(lines.filter(line => line.startsWith('FAIL') || line.startsWith(' '))).toEqual([]);
    expect(passed).toBeGreaterThan(0);
  });
});
