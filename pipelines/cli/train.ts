import { Command, InvalidArgumentError as InvalidOption } from 'commander';
import { identity, lastValueFrom, tap } from 'rxjs';
import { jsonLines } from '../../operators/jsonLines.js';
import { liveView } from '../../operators/liveView.js';
import { progressBar } from '../../operators/progressBar.js';
import { tensorBoard } from '../../operators/tensorBoard.js';
import type { RunEnd, RunStart } from '../../src/event/trainEvent.js';
import { makeWritableFolder } from '../../src/file/makeWritableFolder.js';
import type { Learner } from '../../src/learner/learner.js';
import { eventLog } from '../eventLog.js';
import { resolveLazy } from '../lazy.js';
import type { PreparedRecipe, Recipe, RecipeOptions, RecipeTalk } from '../recipes/recipe.js';
import { train } from '../train.js';
import { commandName, quoted } from './commandName.js';
import { dtypePolicyOption } from './dtypePolicyOption.js';
import { folderName } from './folderName.js';
import { interrupt } from './interrupt.js';
import { type LiveFlag, liveOption, portOf } from './liveOption.js';
import { noteOnce } from './noteOnce.js';
import { count, wholeNumber } from './numbers.js';
import { processorsOf } from './processorsOf.js';
import { addOwnFlags, givenOptions, recipeCommands } from './recipeCommands.js';
import { openRunFolder, type RunFolder } from './runFolder.js';
import { optionsOf, recipeOptions, requireSameOptions, writeRunOptions } from './runOptions.js';
import { startBackend } from './startBackend.js';

/** Without what wasn't given; `compile` is false with `--no-compile`. */
interface TrainFlags extends RecipeOptions {
  readonly resume?: string;
  /** Seconds. */
  readonly checkpointEvery?: number;
  readonly threads?: number;
  /** Of recipes that augment. */
  readonly workers?: number;
  readonly tensorboard?: string;
  readonly live?: LiveFlag;
  readonly json?: boolean;
}

/** `gradstream train RECIPE`: runs a complete recipe, each a subcommand with the options it has of its own. */
export const trainCommand = (): Command =>
  recipeCommands('train', recipeCommand).addHelpText(
    'after',
    '\nExample:\n  gradstream train mnist-mlp --epochs 5 --seed 7',
  );

export function recipeCommand(recipe: Recipe): Command {
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
    .option('--data <dir>', 'folder of the data set (default: GRADSTREAM_DATA, the cache, or a download)', folderName)
    .option('--out <dir>', 'keep the checkpoints, the event log and the model here', folderName)
    .option(
      '--resume <dir>',
      'go on with the run of that folder at its very next batch, with the options it had; only those that change nothing of the ' +
        'result are to be given again: --data, --checkpoint-every, --threads, --workers, --no-compile, --tensorboard, --live',
      folderName,
    )
    .option(
      '--checkpoint-every <s>',
      'seconds between checkpoints, beside those at the end of epochs (default: 30)',
      seconds,
    )
    .option('--threads <n>', 'processors to use (default: all)', count)
    .option('--no-compile', 'run operation by operation, without the compiled graph (slower; the reference)')
    .addOption(dtypePolicyOption())
    .option('--tensorboard <dir>', "write the curves there, to be looked at by 'tensorboard --logdir DIR'", folderName)
    .addOption(liveOption('show the run in a browser while it goes on'))
    .option('--json', 'print each event as one JSON line on stdout, and nothing else there');
  return addOwnFlags(command, recipe).action(() => runRecipe(recipe, givenOptions(command)));
}

async function runRecipe(recipe: Recipe, flags: TrainFlags): Promise<void> {
  const { json = false, threads, workers, tensorboard, live, resume, checkpointEvery = 30, ...options } = flags;
  const note = noteOnce();
  const talk: RecipeTalk = { note, say: json ? () => undefined : line => void process.stdout.write(`${line}\n`) };
  const folder = await openRunFolder(flags);
  // Now: an observer that fails later stops no training.
  if (tensorboard !== undefined)
    await makeWritableFolder(tensorboard, 'the curves', 'name another folder by --tensorboard');
  await startBackend({ threads });
  const prepared = await recipe.prepare(
    {
      ...recipeOptions(folder?.before ?? null),
      ...options,
      ...(workers === undefined ? {} : { workers: processorsOf('--workers', workers) }),
      ...(folder === undefined ? {} : { out: folder.path }),
    },
    talk,
  );
  if (folder !== undefined && folder.found === null) await keepOptions(folder, prepared, note);
  const learner = await resolveLazy(prepared.train.learner);
  try {
    const run$ = train({
      ...prepared.train,
      learner,
      config: prepared.config,
      stopOn: interrupt(note),
      ...(folder === undefined
        ? {}
        : { snapshots: folder.store, resume: folder.resume, snapshotEveryMs: 1000 * checkpointEvery }),
    });
    const last = await lastValueFrom(
      run$.pipe(
        tap(event => {
          if (event.type === 'runStart') tellStart(event, folder, { note, say: talk.say });
        }),
        folder === undefined ? identity : eventLog(folder.log),
        tensorboard === undefined ? identity : tensorBoard(tensorboard, { updateFreq: 100 }),
        live === undefined ? identity : liveView(portOf(live)),
        json ? jsonLines(process.stdout) : progressBar({ stream: process.stdout }),
      ),
    );
    if (last.type !== 'runEnd') return;
    tellResult(last, talk);
    if (last.reason === 'interrupted') {
      note(
        folder === undefined
          ? "Nothing was kept. With '--out DIR' a run keeps checkpoints, from which '--resume DIR' goes on."
          : `To go on: ${commandName()} train ${recipe.name} ${resumeOptions(folder.path, flags)}`,
      );
    } else {
      await saveResult(prepared, folder, learner, last, talk);
      for (const line of (await prepared.show?.(learner)) ?? []) talk.say(line);
    }
  } finally {
    await learner.dispose();
  }
}

/** Until there is a checkpoint that has them. A full disk ends no training that its user wants to go on. */
async function keepOptions(
  { before, options }: RunFolder,
  prepared: PreparedRecipe,
  note: RecipeTalk['note'],
): Promise<void> {
  const now = optionsOf(prepared);
  if (before !== null) requireSameOptions(before, now);
  try {
    await writeRunOptions(options, now);
  } catch (error) {
    note(`The run's options could not be kept for a resumption: ${(error as Error).message}`);
  }
}

/** What a checkpoint doesn't keep. */
type ResumeFlags = Pick<
  TrainFlags,
  'data' | 'checkpointEvery' | 'threads' | 'workers' | 'compile' | 'tensorboard' | 'live'
>;

/** What goes on with an interrupted run: its folder, and what it was told beside. */
export function resumeOptions(
  folder: string,
  { data, checkpointEvery, threads, workers, compile, tensorboard, live }: ResumeFlags,
): string {
  return [
    ...['--resume', folder],
    ...(data === undefined ? [] : ['--data', data]),
    ...(checkpointEvery === undefined ? [] : ['--checkpoint-every', String(checkpointEvery)]),
    ...(threads === undefined ? [] : ['--threads', String(threads)]),
    ...(workers === undefined ? [] : ['--workers', String(workers)]),
    ...(compile === false ? ['--no-compile'] : []),
    ...(tensorboard === undefined ? [] : ['--tensorboard', tensorboard]),
    ...(live === undefined ? [] : live === true ? ['--live'] : ['--live', String(live)]),
  ]
    .map(quoted)
    .join(' ');
}

/** Which run it is: where it goes on, or by which seed it can be had again. */
function tellStart(
  { seed, epochs, resumedFrom }: RunStart,
  folder: RunFolder | undefined,
  { note, say }: RecipeTalk,
): void {
  if (folder?.resume) note(resumption(folder, epochs));
  if (resumedFrom === null) say(`Seed: ${seed}`);
}

function resumption({ path, found }: RunFolder, epochs: number): string {
  if (found === null) return `There is no checkpoint in ${path} yet: the run begins anew.`;
  const { epoch, step, iterations } = found.snapshot.run;
  if (epoch >= epochs)
    return `The run in ${path} is over: ${epochs} of ${epochs} epochs are done. --epochs asks for more.`;
  return `Going on in epoch ${epoch + 1} after ${step} of its steps (${iterations} in all), from the checkpoint in ${path}.`;
}

function tellResult({ logs }: RunEnd, { say }: RecipeTalk): void {
  const { val_loss: loss, val_accuracy: accuracy } = logs;
  if (loss !== undefined) say(`Test loss: ${loss}`);
  if (accuracy !== undefined) say(`Test accuracy: ${accuracy}`);
}

async function saveResult(
  { train, modelFile }: PreparedRecipe,
  folder: RunFolder | undefined,
  learner: Learner,
  { iterations }: RunEnd,
  { say }: RecipeTalk,
): Promise<void> {
  const file = modelFile ?? folder?.model;
  if (file === undefined || train.saveModel === undefined) return;
  await train.saveModel(file, learner, { weightsOnly: false, iterations });
  say(`Saved the trained model: ${file}`);
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) throw new InvalidOption('Give a number of seconds.');
  return value;
}
