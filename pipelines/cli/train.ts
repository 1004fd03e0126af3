import { Command, InvalidArgumentError as InvalidOption } from 'commander';
import { lastValueFrom, tap } from 'rxjs';
import { jsonLines } from '../../operators/jsonLines.js';
import { progressBar } from '../../operators/progressBar.js';
import type { TrainEvent } from '../../src/event/trainEvent.js';
import type { Recipe, RecipeOptions, RecipeTalk } from '../recipes/recipe.js';
import { recipeNamed, recipes } from '../recipes/recipes.js';
import { train } from '../train.js';
import { interrupt } from './interrupt.js';
import { startBackend } from './startBackend.js';

interface TrainFlags extends Omit<RecipeOptions, 'compile'> {
  readonly threads?: number;
  readonly json?: boolean;
  /** False with `--no-compile`. */
  readonly compile: boolean;
}

/** `gradstream train RECIPE`: runs a complete recipe, each a subcommand with the options it has of its own. */
export function trainCommand(): Command {
  const command = new Command('train')
    .description('train one of the built-in recipes')
    .usage('<recipe> [options]')
    .argument('[recipe]')
    .addHelpText(
      'after',
      "\nExample:\n  gradstream train mnist-mlp --epochs 5 --seed 7\n\n'gradstream train <recipe> --help' lists a recipe's options.\n",
    )
    .action((name: string | undefined) => {
      if (name === undefined) return command.help({ error: true });
      return void recipeNamed(name);
    });
  for (const recipe of recipes) command.addCommand(recipeCommand(recipe));
  return command;
}

function recipeCommand(recipe: Recipe): Command {
  const { epochs, batchSize } = recipe.defaults;
  const command = new Command(recipe.name)
    .description(recipe.description)
    .option('--epochs <n>', `passes over the data (default: ${epochs})`, count)
    .option('--batch-size <n>', `examples in a step (default: ${batchSize})`, count)
    .option(
      '--seed <n>',
      'everything random follows from it: same seed, same result (default: drawn and shown)',
      wholeNumber,
    )
    .option('--data <dir>', 'folder of the data set (default: GRADSTREAM_DATA, the cache, or a download)')
    .option('--out <dir>', 'keep what the run leaves behind here')
    .option('--threads <n>', 'processors to use (default: all)', count)
    .option('--no-compile', 'run operation by operation, without the compiled graph (slower; the reference)')
    .option('--json', 'print each event as one JSON line on stdout, and nothing else there');
  for (const { flags, description, default: standard } of recipe.flags ?? []) {
    if (typeof standard === 'number') command.option(flags, description, count, standard);
    else command.option(flags, description);
  }
  return command.action((flags: TrainFlags) => runRecipe(recipe, flags));
}

async function runRecipe(recipe: Recipe, { json = false, threads, compile, ...options }: TrainFlags): Promise<void> {
  const note = (line: string): void => void process.stderr.write(`${line}\n`);
  const talk: RecipeTalk = { note, say: json ? () => undefined : line => void process.stdout.write(`${line}\n`) };
  await startBackend({ threads });
  const prepared = await recipe.prepare({ ...options, ...(compile ? {} : { compile }) }, talk);
  const run$ = train({ ...prepared.train, config: prepared.config, stopOn: interrupt(note) });
  const show = json ? jsonLines(process.stdout) : progressBar({ stream: process.stdout });
  let last: TrainEvent | undefined;
  await lastValueFrom(
    run$.pipe(
      show,
      tap(event => {
        last = event;
      }),
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
