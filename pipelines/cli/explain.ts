import { Command } from 'commander';
import { firstValueFrom, from } from 'rxjs';
import { epochSamples } from '../../operators/epochSamples.js';
import { atomicWrite } from '../../src/file/atomicWrite.js';
import { chromeTrace } from '../../src/graph/chromeTrace.js';
import type { OperationTime } from '../../src/graph/stepStats.js';
import type { StepProfile } from '../../src/learner/stepProfile.js';
import type { DtypePolicy } from '../../src/native/dtypePolicy.js';
import { resolveLazy } from '../lazy.js';
import type { Recipe, RecipeOptions } from '../recipes/recipe.js';
import { dtypePolicyOption } from './dtypePolicyOption.js';
import { folderName } from './folderName.js';
import { noteOnce } from './noteOnce.js';
import { count } from './numbers.js';
import { addOwnFlags, givenOptions, recipeCommands } from './recipeCommands.js';
import { startBackend } from './startBackend.js';

interface ExplainFlags extends RecipeOptions {
  readonly threads?: number;
  readonly trace?: string;
}

/** `gradstream explain RECIPE`: where the time of a training step goes, before and after compilation. */
export const explainCommand = (): Command => recipeCommands('explain', recipeCommand);

function recipeCommand(recipe: Recipe): Command {
  const command = new Command(recipe.name)
    .description(recipe.description)
    .option('--batch-size <n>', `examples in a step (default: ${recipe.defaults.batchSize})`, count)
    .option('--data <dir>', 'folder of the data set (default: GRADSTREAM_DATA, the cache, or a download)', folderName)
    .option('--threads <n>', 'processors to use (default: all)', count)
    .addOption(dtypePolicyOption())
    .option('--trace <file>', 'write a Chrome trace (open it in chrome://tracing or ui.perfetto.dev)');
  return addOwnFlags(command, recipe).action(() => explain(recipe, givenOptions(command)));
}

async function explain(recipe: Recipe, { threads, trace, ...options }: ExplainFlags): Promise<void> {
  await startBackend({ threads });
  const prepared = await recipe.prepare({ seed: 1, ...options }, { say: () => undefined, note: noteOnce() });
  const learner = await resolveLazy(prepared.train.learner);
  try {
    const source = await resolveLazy(prepared.train.data.source);
    const samples = epochSamples(source, { seed: 1, epoch: 0 });
    const batch = await firstValueFrom(from(samples).pipe(prepared.train.data.through));
    const profile = await learner.profile?.(batch, { learningRate: learner.learningRate(0), iterations: 0 });
    if (profile == null) {
      process.stdout.write(
        "Steps of this model run eagerly: 'gradstream doctor' tells whether native TensorFlow is there.\n",
      );
      return;
    }
    process.stdout.write(describe(profile, learner.dtypePolicy));
    if (trace !== undefined) {
      await atomicWrite(trace, chromeTrace(profile.kernels));
      process.stdout.write(`\nChrome trace: ${trace}\n`);
    }
  } finally {
    await learner.dispose();
  }
}

/** The report that a person reads. */
export function describe(
  { shards, eager, traced, kernels, milliseconds }: StepProfile,
  dtypePolicy: DtypePolicy = 'float32',
): string {
  const total = kernels.reduce((sum, { duration }) => sum + duration, 0);
  const fused = kernels.filter(({ type }) => /Fused|WithBias/.test(type));
  return [
    `A step takes ${milliseconds.toFixed(2)} ms in one native call, computed in ${dtypePolicy}${shards === 1 ? '' : `, ${shards} shards of the batch side by side`}.`,
    `Operations: ${sum(eager)} one by one in TensorFlow.js, ${sum(traced)} in the traced graph (updates and variables included), ${kernels.length} kernels that run.`,
    `Fused: ${fused.length === 0 ? 'nothing' : [...byType(fused)].map(([type, { count }]) => `${count} × ${type}`).join(', ')}.`,
    '',
    'Kernel                                      runs        µs   share',
    ...[...byType(kernels)]
      .sort(([, a], [, b]) => b.time - a.time)
      .slice(0, 20)
      .map(([type, { count, time }]) => row(type, count, time, time / total)),
    '',
    'Kernels run side by side on all processors, so their times add up to more than the step.',
    '',
  ].join('\n');
}

const row = (type: string, count: number, time: number, share: number): string =>
  `${type.padEnd(42)} ${String(count).padStart(5)} ${time.toFixed(0).padStart(9)}  ${(100 * share).toFixed(1).padStart(5)} %`;

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((all, count) => all + count, 0);

function byType(kernels: readonly OperationTime[]): Map<string, { count: number; time: number }> {
  const types = new Map<string, { count: number; time: number }>();
  for (const { type, name, duration } of kernels) {
    const key = type === '' ? name : type;
    const { count, time } = types.get(key) ?? { count: 0, time: 0 };
    types.set(key, { count: count + 1, time: time + duration });
  }
  return types;
}
