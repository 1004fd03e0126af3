import { Command, InvalidArgumentError as InvalidOption } from 'commander';
import { lastValueFrom, tap } from 'rxjs';
import { jsonLines } from '../../operators/jsonLines.js';
import { progressBar } from '../../operators/progressBar.js';
import type { TrainEvent } from '../../src/event/trainEvent.js';
import type { Recipe, RecipeTalk } from '../recipes/recipe.js';
import { recipeNamed, recipes } from '../recipes/recipes.js';
import { train } from '../train.js';
import { interrupt } from './interrupt.js';
import { startBackend } from './startBackend.js';

interface TrainFlags {
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly seed?: number;
  readonly data?: string;
  readonly out?: string;
  readonly resume?: string;
  readonly threads?: number;
  readonly json?: boolean;
  /** False with `--no-compile`. */
  readonly compile: boolean;
}

/** `gradstream train RECIPE`: runs a complete recipe. */
export function trainCommand(): Command {
  const list = recipes.map(({ name, description }) => `  ${name.padEnd(14)} ${description}`).join('\n');
  return new Command('train')
    .description('train one of the built-in recipes')
    .argument('<recipe>', 'what to train; see below')
    .option('--epochs <n>', 'passes over the data', count)
    .option('--batch-size <n>', 'examples in a step', count)
    .option('--seed <n>', 'everything random follows from it; same seed, same result', wholeNumber)
    .option('--data <dir>', 'folder of the data set (default: GRADSTREAM_DATA, the cache, or a download)')
    .option('--out <dir>', 'keep the event log here')
    .option('--threads <n>', 'processors to use (default: all)', count)
    .option('--no-compile', 'run step by step, without the compiled graph (slower; the reference)')
    .option('--json', 'print each event as one JSON line on stdout, and nothing else there')
    .addHelpText('after', `\nRecipes:\n${list}\n\nExample:\n  gradstream train mnist-mlp --epochs 5 --seed 7\n`)
    .action((name: string, flags: TrainFlags) => runRecipe(recipeNamed(name), flags));
}

async function runRecipe(recipe: Recipe, { json = false, threads, ...options }: TrainFlags): Promise<void> {
  const note = (line: string): void => void process.stderr.write(`${line}\n`);
  const talk: RecipeTalk = { note, say: json ? () => undefined : line => void process.stdout.write(`${line}\n`) };
  await startBackend({ threads });
  const prepared = await recipe.prepare({ ...options, ...(options.compile ? {} : { compile: false }) }, talk);
  const run$ = train({ ...prepared.train, config: prepared.config, stopOn: interrupt(note) });
  const show = json ? jsonLines(process.stdout) : progressBar({ stream: process.stdout });
  let last: TrainEvent | undefined;
  await lastValueFrom(
    run$.pipe(
      show,
      tap(event => (last = event)),
    ),
  );
  if (last?.type !== 'runEnd') return;
  if (last.reason === 'interrupted') process.exitCode = 130;
  const { val_loss: loss, val_accuracy: accuracy } = last.logs;
  if (loss !== undefined) talk.say(`Test loss: ${loss}`);
  if (accuracy !== undefined) talk.say(`Test accuracy: ${accuracy}`);
}

function count(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidOption('Give a whole number of at least 1.');
  return value;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) throw new InvalidOption('Give a whole number.');
  return value;
}
