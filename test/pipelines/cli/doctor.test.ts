import { describe, expect, it } from 'vitest';
import { renderFindings } from '../../../pipelines/cli/doctor.js';
import type { Finding } from '../../../src/native/install/finding.js';

const findings: Finding[] = [
  { part: 'Node', status: 'ok', found: 'Node 22.1.0' },
  { part: 'Processor', status: 'missing', found: 'no AVX', cure: 'Use another machine.' },
];

describe('renderFindings', () => {
  it('aligns its columns, with each cure under what was found', () => {
    expect(renderFindings(findings, { hasColors: false }).split('\n')).toEqual([
      'Node       ok       Node 22.1.0',
      'Processor  missing  no AVX',
      '                    Use another machine.',
      '',
      'Native TensorFlow is not ready; training runs on WebAssembly.',
      '',
    ]);
  });

  it('colours the words without moving the columns', () => {
    const coloured = renderFindings(findings, { hasColors: true });
    expect(coloured).toContain('\x1b[31mmissing\x1b[0m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(renderFindings(findings, { hasColors: false }));
  });

  it('says that all is well where nothing is missing', () => {
    expect(renderFindings(findings.slice(0, 1), { hasColors: false })).toContain('Native TensorFlow is ready.');
  });
});
