import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { nativeOrNull } from '../helpers/native.js';
import { leastAccuracy, withData } from '../helpers/withData.js';

const root = resolve(import.meta.dirname, '../..');
const native = await nativeOrNull();

/** The code under a heading of the README. */
function example(heading: string): string {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const section = text.slice(text.indexOf(`## ${heading}`));
  return /```ts\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
}

describe.skipIf(native === null)('README', () => {
  it("has a first example that runs as it stands, from the package's own name", async () => {
    const file = join(root, 'dist/.readme-example.mjs');
    writeFileSync(file, example('Twenty lines'));
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [file], { env: withData() });
      const accuracies = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as number[];
      expect(accuracies).toHaveLength(2);
      expect(Math.min(...accuracies)).toBeGreaterThan(leastAccuracy());
    } finally {
      rmSync(file);
    }
  }, 120_000);
});
