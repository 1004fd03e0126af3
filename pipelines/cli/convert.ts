import { basename } from 'node:path';
import { Command } from 'commander';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { learnerStateOf } from '../../src/saving/learnerStateOf.js';
import { loadArchitecture } from '../../src/saving/loadArchitecture.js';
import { type LoadedModel, loadModel, loadWeights } from '../../src/saving/loadModel.js';
import { isWeightsOnly, modelFormat } from '../../src/saving/modelFormat.js';
import { saveModel } from '../../src/saving/saveModel.js';
import { useQuietCpu } from './useQuietCpu.js';

/** `gradstream convert IN OUT`: a model file in another format, optimizer state and all. */
export function convertCommand(): Command {
  return new Command('convert')
    .argument('<in>', '.h5, .keras, .json (tfjs), .weights.h5 or .safetensors')
    .argument('<out>', 'as <in>; is replaced if it is there')
    .option('--architecture <file>', 'the model, where <in> holds weights alone: any model file, or the JSON of Keras')
    .action(async (from: string, to: string, { architecture }: { architecture?: string }) => {
      const warnings = await convertFile(from, to, architecture === undefined ? {} : { architecture });
      for (const warning of warnings) process.stderr.write(`Warning: ${warning}\n`);
      process.stdout.write(`${basename(from)} → ${to}\n`);
    });
}

/** @returns what could not be taken along, and why */
export async function convertFile(
  from: string,
  to: string,
  { architecture }: { readonly architecture?: string } = {},
): Promise<readonly string[]> {
  modelFormat(to); // before the work
  await useQuietCpu();
  const loaded = await load(from, architecture);
  try {
    const { training } = loaded;
    await saveModel(loaded.model, to, {
      learnerState: await learnerStateOf(loaded),
      iterations: loaded.optimizerState?.iterations ?? 0,
      loss: training?.loss ?? null,
      metrics: training?.metrics ?? [],
      lossWeights: training?.lossWeights,
      ...(training?.weightedMetrics && { weightedMetrics: training.weightedMetrics }),
      ...(training?.optimizer ? { optimizer: training.optimizer } : {}),
    });
    return loaded.warnings;
  } finally {
    loaded.model.dispose();
  }
}

async function load(file: string, architecture: string | undefined): Promise<LoadedModel> {
  if (!isWeightsOnly(modelFormat(file))) return loadModel(file);
  if (architecture === undefined) {
    throw new InvalidArgumentError(
      `${basename(file)} holds weights alone: say by --architecture which model they belong to.`,
    );
  }
  const model = await loadArchitecture(architecture);
  return { model, training: null, ...(await loadWeights(model, file)) };
}
