import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quoted } from '../../../pipelines/cli/commandName.js';

describe('quoted', () => {
  it('leaves plain paths as they are', () => {
    expect(quoted('runs/a-1_b.2')).toBe('runs/a-1_b.2');
  });

  it.skipIf(process.platform === 'win32').each(['my runs/a', "it's", '$HOME', 'a"b', '', 'läufe'])(
    'is what a shell takes for %j',
    word => {
      expect(execFileSync('sh', ['-c', `printf %s ${quoted(word)}`], { encoding: 'utf8' })).toBe(word);
    },
  );
});
