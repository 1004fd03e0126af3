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
    const { passed, failed } = await runGolden(golden, { only: 'train', write: line => lines.push(line) });
    const reasons = lines.filter(line => line.startsWith(' '));
    // The momentum of a bias before batch normalisation: its true value is 0, as ours is; Keras has rounding noise.
    const noise = /slot \w+_bias_momentum: got 0 at \[\d+\], expected -?[\d.]+e-(9|1\d)$/;
    expect(reasons.filter(line => !noise.test(line))).toEqual([]);
    expect(failed).toBe(lines.filter(line => line.startsWith('FAIL')).length);
    expect(failed).toBeLessThanOrEqual(3);
    expect(passed).toBeGreaterThan(0);
  });
});
