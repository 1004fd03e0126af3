import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkNames } from '../../src/error/checkNames.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { type Comparison, failure } from './comparison.js';
import { type GoldenCase, readGoldenCase } from './goldenCase.js';
import { kinds } from './kinds.js';
import type { Runner } from './runner.js';

export interface GoldenOptions {
  /** Runs the cases of this folder alone. */
  readonly only?: string;
  /** Gets each line of the report, without a line end. Default: standard output. */
  readonly write?: (line: string) => void;
  readonly runners?: Readonly<Record<string, Runner>>;
}

export interface GoldenResult {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Runs every golden case `<directory>/<folder>/<case>/case.json`, in the order of their names. Each gives a line
 * `PASS|FAIL name max-error tolerance`, where the two numbers belong to the number that came nearest to its tolerance
 * or exceeded it most (`-`: nothing to measure). A FAIL is followed by an indented line for each reason. A case that
 * can't be read or is of an unknown kind has failed: what isn't run isn't passed.
 *
 * To add a kind: write `kinds/<kind>.ts` with a {@link Runner} and put it into the table in `kinds.ts`.
 *
 * @throws InvalidArgumentError where there is no case at all, UnknownNameError where `only` is no folder's name
 */
export async function runGolden(
  directory: string,
  { only, write = line => process.stdout.write(`${line}\n`), runners = kinds }: GoldenOptions = {},
): Promise<GoldenResult> {
  const folders = await subfolders(directory);
  if (only !== undefined) checkNames('golden folder', [only], folders);
  const names: string[] = [];
  for (const folder of only === undefined ? folders : [only]) {
    names.push(...(await subfolders(join(directory, folder))).map(name => `${folder}/${name}`));
  }
  if (!names.some(name => existsSync(join(directory, name, 'case.json')))) {
    throw new InvalidArgumentError(
      `There is no golden case in ${directory}: expected <folder>/<case>/case.json under it.`,
    );
  }
  const result = { passed: 0, failed: 0 };
  for (const name of names) {
    const passed = await runCase(join(directory, name), name, { write, runners });
    result[passed ? 'passed' : 'failed']++;
  }
  write(`${result.passed} passed, ${result.failed} failed`);
  return result;
}

async function runCase(
  directory: string,
  name: string,
  { write, runners }: Required<Pick<GoldenOptions, 'write' | 'runners'>>,
): Promise<boolean> {
  let comparisons: readonly Comparison[];
  try {
    comparisons = await compare(await readGoldenCase(directory, name), runners);
  } catch (error) {
    comparisons = [failure('', error instanceof Error ? `${error.name}: ${error.message}` : String(error))];
  }
  const failed = comparisons.filter(({ problem }) => problem !== null);
  const { error, allowed } = comparisons.reduce(worse);
  write(`${failed.length === 0 ? 'PASS' : 'FAIL'} ${name} ${digits(error)} ${digits(allowed)}`);
  for (const { what, problem } of failed) write(`     ${what === '' ? '' : `${what}: `}${problem}`);
  return failed.length === 0;
}

async function compare(golden: GoldenCase, runners: Readonly<Record<string, Runner>>): Promise<readonly Comparison[]> {
  checkNames('kind', [golden.kind], Object.keys(runners));
  const comparisons = await runners[golden.kind](golden);
  return comparisons.length > 0 ? comparisons : [failure('', 'the runner compared nothing')];
}

/** The one that exceeds its tolerance more, or comes nearer to it. */
function worse(a: Comparison, b: Comparison): Comparison {
  if (Number.isNaN(a.error) || Number.isNaN(b.error)) return Number.isNaN(a.error) ? a : b;
  return share(b) > share(a) ? b : a;
}

const share = ({ error, allowed }: Comparison): number => (error === 0 ? 0 : error / allowed);

const digits = (value: number): string => (Number.isNaN(value) ? '-' : value === 0 ? '0' : value.toExponential(2));

/** Links to folders are folders. */
async function subfolders(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names.filter(name => statSync(join(directory, name), { throwIfNoEntry: false })?.isDirectory()).sort();
  } catch (error) {
    throw new InvalidArgumentError(`Can't read the golden folder ${directory}: ${(error as Error).message}.`);
  }
}
