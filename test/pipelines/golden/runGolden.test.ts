import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { compareArray, compareEqual, compareNumber } from '../../../pipelines/golden/comparison.js';
import { goldenCommand } from '../../../pipelines/golden/goldenCommand.js';
import { type GoldenOptions, runGolden } from '../../../pipelines/golden/runGolden.js';
import type { Runner } from '../../../pipelines/golden/runner.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { UnknownNameError } from '../../../src/error/unknownNameError.js';
import { writeSafetensors } from '../../../src/file/safetensors.js';

const scratch = mkdtempSync(join(tmpdir(), 'gradstream-test-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let count = 0;
/** A golden folder with these cases; text is written as it is. */
function goldenFolder(cases: Readonly<Record<string, unknown>>, arrays?: Uint8Array): string {
  const root = join(scratch, String(count++));
  for (const [name, json] of Object.entries(cases)) {
    const folder = join(root, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'case.json'), typeof json === 'string' ? json : JSON.stringify(json));
    if (arrays !== undefined) writeFileSync(join(folder, 'arrays.safetensors'), arrays);
  }
  return root;
}

async function run(root: string, options: GoldenOptions = {}) {
  const lines: string[] = [];
  const result = await runGolden(root, { write: line => lines.push(line), ...options });
  return { ...result, lines };
}

/** Doubles a number, or an array. */
const double: Runner = ({ given, expect, tolerance }) => {
  const { x } = given as { x: number | Float32Arrays };
  const { y } = expect as { y: number | Float32Arrays };
  if (typeof x === 'number') return [compareNumber('y', 2 * x, y as number, tolerance)];
  return [compareArray('y', { shape: x.shape, data: x.data.map(value => 2 * value) }, y as Float32Arrays, tolerance)];
};
interface Float32Arrays {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
const runners = { double };
const doubled = (x: unknown, y: unknown, tolerance: unknown = { abs: 0.01, rel: 0 }) => ({
  kind: 'double',
  given: { x },
  expect: { y },
  tolerance,
});

describe('runGolden', () => {
  it('prints a line a case, in order, with the error and what it was allowed, and counts', async () => {
    const root = goldenFolder({ 'b/two': doubled(1, 2.005), 'a/one': doubled(1, 2), 'b/one': doubled(1, 3) });
    expect(await run(root, { runners })).toEqual({
      passed: 2,
      failed: 1,
      lines: [
        'PASS a/one 0 1.00e-2',
        'FAIL b/one 1.00e+0 1.00e-2',
        '     y: got 2, expected 3',
        'PASS b/two 5.00e-3 1.00e-2',
        '2 passed, 1 failed',
      ],
    });
  });

  it('puts arrays and numbers that are not finite where the case names them', async () => {
    const data = writeSafetensors([
      ['given.x', { dtype: 'F32', shape: [1, 2], data: Float32Array.of(1, 2) }],
      ['expect.y', { dtype: 'F32', shape: [1, 2], data: Float32Array.of(2, 5) }],
    ]);
    const root = goldenFolder(
      {
        'a/array': doubled({ array: 'given.x' }, { array: 'expect.y' }),
        'a/infinite': doubled('-Infinity', '-Infinity'),
        'a/missing': doubled({ array: 'given.z' }, 0),
        'a/nan': doubled('NaN', 'NaN'),
      },
      data,
    );
    expect((await run(root, { runners })).lines).toEqual([
      'FAIL a/array 1.00e+0 1.00e-2',
      '     y: got 4 at [0,1], expected 5',
      'PASS a/infinite 0 1.00e-2',
      'FAIL a/missing - -',
      "     FileFormatError: arrays.safetensors has no array 'given.z'.",
      'PASS a/nan 0 1.00e-2',
      '2 passed, 2 failed',
    ]);
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{"kind": ', /SyntaxError: /],
    ['no object', '[]', /not a JSON object/],
    ['no kind', {}, /no kind/],
    ['no expectation', { kind: 'double', given: {} }, /no 'expect'/],
    ['no tolerance', doubled(1, 2, null), /tolerance/],
    ['a tolerance below 0', doubled(1, 2, { abs: -1, rel: 0 }), /tolerance/],
    ['an unknown kind', { ...doubled(1, 2), kind: 'duoble' }, /Unknown kind 'duoble'. Did you mean 'double'/],
    ['a kind from the prototype', { ...doubled(1, 2), kind: 'toString' }, /Unknown kind/],
    ['nothing that is given', doubled(undefined, 2), /TypeError/],
  ])('fails a case with %s, says why, and goes on', async (_, json, reason) => {
    const { lines, failed, passed } = await run(goldenFolder({ 'a/bad': json, 'a/good': doubled(1, 2) }), { runners });
    expect({ passed, failed }).toEqual({ passed: 1, failed: 1 });
    expect(lines[0]).toBe('FAIL a/bad - -');
    expect(lines[1]).toMatch(reason);
    expect(lines[2]).toMatch(/^PASS a\/good/);
  });

  it('fails a case whose folder holds no case.json, whose arrays are damaged, or whose runner compares nothing', async () => {
    const root = goldenFolder({ 'a/damaged': doubled(1, 2) }, new Uint8Array(3));
    mkdirSync(join(root, 'a', 'empty'));
    const { lines } = await run(root, { runners });
    expect(lines[1]).toMatch(/arrays\.safetensors: 3 bytes/);
    expect(lines[3]).toMatch(/ENOENT/);
    const nothing = await run(goldenFolder({ 'a/one': doubled(1, 2) }), { runners: { double: () => [] } });
    expect(nothing.failed).toBe(1);
  });

  it('runs what is linked, folders and cases', async () => {
    const cases = goldenFolder({ 'a/one': doubled(1, 2), 'a/two': doubled(1, 3) });
    const root = goldenFolder({ 'b/own': doubled(1, 2) });
    symlinkSync(join(cases, 'a'), join(root, 'a'), 'dir');
    symlinkSync(join(cases, 'a/two'), join(root, 'b/linked'), 'dir');
    symlinkSync(join(root, 'nowhere'), join(root, 'b/broken'), 'dir');
    expect(await run(root, { runners })).toMatchObject({ passed: 2, failed: 2 });
  });

  it('runs the folder that is asked for alone, and refuses one that is not there', async () => {
    const root = goldenFolder({ 'aa/one': doubled(1, 2), 'bb/one': doubled(1, 3) });
    expect(await run(root, { runners, only: 'aa' })).toMatchObject({ passed: 1, failed: 0 });
    await expect(run(root, { only: 'a' })).rejects.toThrow(UnknownNameError);
    await expect(run(join(root, 'none'))).rejects.toThrow(InvalidArgumentError);
    mkdirSync(join(root, 'cc'));
    await expect(run(root, { only: 'cc' })).rejects.toThrow(/no golden case/);
  });
});

describe('comparing', () => {
  const tolerance = { abs: 0.1, rel: 0.01 };

  it.each([
    [10.2, 10, true],
    [10.21, 10, false],
    [-10.2, -10, true],
    [Number.NaN, Number.NaN, true],
    [Number.NaN, 1, false],
    [1, Number.NaN, false],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, true],
    [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, false],
    [1e300, Number.POSITIVE_INFINITY, false],
  ])('takes %d for %d: %s', (ours, expected, passes) => {
    expect(compareNumber('x', ours, expected, tolerance).problem === null).toBe(passes);
  });

  it.each([
    [{ abs: Number.POSITIVE_INFINITY, rel: 0 }, 'got Infinity and 0'],
    [{ abs: Number.NaN, rel: 0 }, 'got NaN and 0'],
    [{} as typeof tolerance, 'got nothing and nothing'],
    [undefined as unknown as typeof tolerance, 'got nothing and nothing'],
  ])('refuses the tolerance %j, by which anything would pass', (tolerance, problem) => {
    expect(compareNumber('x', 1, 2, tolerance).problem).toContain(problem);
  });

  it('takes nothing for 0 or NaN that is no number', () => {
    const expected = [0, null as unknown as number];
    const { problem } = compareArray('x', { shape: [2], data: [0, 0] }, { shape: [2], data: expected }, tolerance);
    expect(problem).toBe('expected null at [1] of case.json, which is no number');
  });

  it('refuses another shape, also with equal values', () => {
    const data = [1, 2];
    const { problem } = compareArray('x', { shape: [2], data }, { shape: [1, 2], data }, tolerance);
    expect(problem).toBe('shape is [2], expected [1,2]');
    expect(compareArray('x', { shape: [2], data: [1] }, { shape: [2], data }, tolerance).problem).not.toBeNull();
  });

  it('shows the number that exceeds its tolerance most', () => {
    const { problem } = compareArray(
      'x',
      { shape: [2, 2], data: [1, 9, 2, 5] },
      { shape: [2, 2], data: [1, 1, 1, 1] },
      tolerance,
    );
    expect(problem).toBe('got 9 at [0,1], expected 1');
  });

  it.each([
    [[1, 'a', null], [1, 'a', null], null],
    [{ a: [1, 2] }, { a: [1, 3] }, 'got 2 at ["a"]["1"], expected 3'],
    [[1], [1, 2], 'got nothing at ["1"], expected 2'],
    [{ a: 1, b: 2 }, { a: 1 }, 'got 2 at ["b"], expected nothing'],
    [[], {}, 'got [], expected {}'],
    [1, true, 'got 1, expected true'],
    ['a', 'b', 'got "a", expected "b"'],
  ])('finds where %j differs from %j', (ours, expected, problem) => {
    expect(compareEqual('x', ours, expected).problem).toBe(problem);
  });
});

describe('the command golden', () => {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  afterEach(() => {
    stdout.mockClear();
    process.exitCode = 0;
  });

  const command = (root: string) => goldenCommand().parseAsync(['node', 'golden', root]);
  const schedule = (rate: number) => ({
    kind: 'schedule',
    given: {
      schedule: 'ExponentialDecay',
      parameters: { initial_learning_rate: 1, decay_steps: 1, decay_rate: 0.5 },
      steps: [1],
    },
    expect: { rates: [rate] },
    tolerance: { abs: 0, rel: 1e-6 },
  });

  it('exits with 1 where a case failed', async () => {
    await command(goldenFolder({ 'a/right': schedule(0.5) }));
    expect(process.exitCode ?? 0).toBe(0);
    await command(goldenFolder({ 'a/right': schedule(0.5), 'a/wrong': schedule(0.6) }));
    expect(process.exitCode).toBe(1);
    expect(stdout.mock.lastCall?.[0]).toBe('1 passed, 1 failed\n');
  });
});

const golden = process.env.GRADSTREAM_GOLDEN ?? fileURLToPath(new URL('../../../../shared/golden', import.meta.url));

describe.skipIf(!existsSync(golden))('the golden data (skipped where there is none)', () => {
  it.each(['schedules', 'callbacks'])('of %s all pass', async only => {
    const { failed, passed, lines } = await run(golden, { only });
    expect(lines.filter(line => line.startsWith('FAIL'))).toEqual([]);
    expect(passed).toBeGreaterThan(0);
    expect(failed).toBe(0);
  });

  it.each([
    ['schedules', 'cosine-warm-up', 'rates'],
    ['callbacks', 'plateau-cooldown', 'rates'],
    ['callbacks', 'plateau-cooldown', 'logged'],
    ['callbacks', 'stopping-restore', 'weights_of_epoch'],
    ['callbacks', 'stopping-restore', 'epochs_run'],
    ['callbacks', 'stopping-restore', 'best'],
    ['callbacks', 'checkpoint-best-loss', 'saves'],
    ['callbacks', 'checkpoint-unknown-field', 'error'],
    ['callbacks', 'csv-plain', 'text'],
    ['callbacks', 'non-finite-later', 'stopped_at_batch'],
    ['callbacks', 'combined-example', 'rates_during_epoch'],
    ['callbacks', 'combined-example', 'rates_after_epoch'],
    ['callbacks', 'combined-example', 'saves'],
  ])('of %s/%s fail where %s is altered', async (folder, name, key) => {
    const root = join(scratch, String(count++));
    cpSync(join(golden, folder, name), join(root, folder, name), { recursive: true });
    const file = join(root, folder, name, 'case.json');
    const json = JSON.parse(readFileSync(file, 'utf8'));
    json.expect[key] = altered(json.expect[key]);
    writeFileSync(file, JSON.stringify(json));
    const { failed, lines } = await run(root);
    expect(failed).toBe(1);
    expect(lines[1]).toContain(key);
  });

  it.each([
    ['train', 'batch-larger-than-set', 'history', {}],
    ['train', 'batch-larger-than-set', 'weights', []],
    ['filters', 'ascent-dropped', 'filters', []],
  ])('of %s/%s fail where %s holds nothing', async (folder, name, key, nothing) => {
    const root = join(scratch, String(count++));
    cpSync(join(golden, folder, name), join(root, folder, name), { recursive: true });
    const file = join(root, folder, name, 'case.json');
    const json = JSON.parse(readFileSync(file, 'utf8'));
    json.expect[key] = nothing;
    writeFileSync(file, JSON.stringify(json));
    const { failed, lines } = await run(root);
    expect(failed).toBe(1);
    expect(lines[1]).toContain(key);
  });
});

/** Another value of the same form. */
function altered(value: unknown): unknown {
  if (typeof value === 'number') return value * 1.001 + (Number.isInteger(value) ? 1 : 0);
  if (typeof value === 'string') return `${value}x`;
  if (Array.isArray(value)) return [...value.slice(0, -1), altered(value.at(-1))];
  return Object.fromEntries(
    Object.entries(value as object).map(([key, item]) => [key, item === null ? null : altered(item)]),
  );
}
