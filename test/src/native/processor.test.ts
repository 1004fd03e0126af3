import { describe, expect, it } from 'vitest';
import { processorVectors } from '../../../src/native/processor.js';

describe('processorVectors', () => {
  it.each([
    ['avx512', ['avx', 'avx2', 'avx512f']],
    ['avx2', ['avx', 'avx2']],
    ['other', ['avx']],
  ])('is %s of a processor with %j', (expected, extensions) => {
    expect(processorVectors(extension => extensions.includes(extension))).toBe(expected);
  });

  it('is other where nothing can be told', () => {
    expect(processorVectors(() => null)).toBe('other');
  });
});
