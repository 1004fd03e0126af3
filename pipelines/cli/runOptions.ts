import { readFile } from 'node:fs/promises';
import { differences } from '../../src/checkpoint/differences.js';
import type { FoundSnapshot } from '../../src/checkpoint/snapshot.js';
import { FileFormatError } from '../../src/error/fileFormatError.js';
import { ResumeMismatchError } from '../../src/error/resumeMismatchError.js';
import { atomicWrite } from '../../src/file/atomicWrite.js';
import { isCount, isRecord, type Json } from '../../src/text/json.js';
import type { PreparedRecipe, RecipeOptions } from '../recipes/recipe.js';

/** What a run was asked to do, as its checkpoints have it too. */
export interface RunOptions {
  /** The recipe's. */
  readonly config: Json;
  readonly seed: number | null;
  readonly epochs: number;
}

export const optionsOf = ({ config, train }: PreparedRecipe): RunOptions => ({
  config,
  seed: train.seed ?? null,
  epochs: train.epochs,
});

export function optionsIn({ snapshot }: FoundSnapshot): RunOptions {
  const { setup, seed, epochs } = snapshot.run;
  return { config: (setup as { readonly config: Json }).config, seed, epochs };
}

/** For a run that is killed before its first checkpoint: begun anew, it is to be the same one. */
export const writeRunOptions = (file: string, options: RunOptions): Promise<void> =>
  atomicWrite(file, `${JSON.stringify(options, null, 2)}\n`);

/**
 * Null where there is no such file.
 *
 * @throws FileFormatError where it isn't as it was written
 */
export async function readRunOptions(file: string): Promise<RunOptions | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const options = parsed(text);
  if (isRunOptions(options)) return options;
  throw new FileFormatError(
    `${file} should say what the run was asked to do, { config, seed, epochs }, but is damaged, and there is no checkpoint yet. ` +
      'Begin the run anew with --out, and the options that it had.',
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRunOptions = (value: unknown): value is RunOptions =>
  isRecord(value) &&
  (value.config === null || isRecord(value.config)) &&
  (value.seed === null || isCount(value.seed)) &&
  isCount(value.epochs);

/** The options that a resumed run had, to stand in where none are given now. */
export function recipeOptions(before: RunOptions | null): RecipeOptions {
  if (before === null) return {};
  const { config, seed, epochs } = before;
  return { ...(config as object | null), ...(seed === null ? {} : { seed }), epochs };
}

/**
 * What `train` holds against a checkpoint, for a run that has none yet.
 *
 * @throws ResumeMismatchError where it would be another run
 */
export function requireSameOptions(before: RunOptions, now: RunOptions): void {
  const found = differences({ ...before, epochs: null }, { ...now, epochs: null });
  if (found.length > 0) throw new ResumeMismatchError(found);
}
