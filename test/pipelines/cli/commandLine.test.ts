import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../../../dist/pipelines/cli/main.js', import.meta.url));
const run = (...args: string[]): string => execFileSync(process.execPath, [main, ...args], { encoding: 'utf8' });

describe('The command line', () => {
  it('says its own version', () => {
    expect(run('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('leaves options behind a command to the command', () => {
    expect(run('train', 'cifar10-resnet', '--version', '2', '--help')).toContain('--n <blocks>');
  });

  it('explains a step of a recipe with its own options', () => {
    const report = run('explain', 'mnist-mlp', '--batch-size', '2');
    expect(report).toMatch(/ms in one native call|run eagerly/);
    expect(run('explain', 'cifar10-resnet', '--help')).toContain('--n <blocks>');
  });
});
