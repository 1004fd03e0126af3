import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { epochEnd, runEnd, runStart } from '../../../operators/testing/events.js';
import { temporaryFolder } from '../../src/file/temporaryFolder.js';

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

  it('shows a run that was in a browser, until it is told to end', async () => {
    const folder = temporaryFolder();
    const events = [runStart(), epochEnd(), runEnd()];
    writeFileSync(join(folder, 'events.jsonl'), events.map(event => `${JSON.stringify(event)}\n`).join(''));
    const child = spawn(process.execPath, [main, 'view', folder, '--port', '0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [line] = await once(child.stderr.setEncoding('utf8'), 'data');
    const [url] = /http:\S+/.exec(line) ?? [];
    const { body } = await fetch(`${url}events`);
    let text = '';
    for await (const part of body!.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (text.includes('runEnd')) break;
    }
    expect(text.match(/"type":"\w+"/g)).toEqual(['"type":"runStart"', '"type":"epochEnd"', '"type":"runEnd"']);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([null, 'SIGINT']);
  });

  it('says what a folder without a run lacks', () => {
    expect(() => run('view', temporaryFolder())).toThrow(/events\.jsonl isn't there\. Give the folder/);
  });
});
