import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import type { DtypePolicy } from '../../src/native/dtypePolicy.js';
import { dtypePolicyOption } from '../cli/dtypePolicyOption.js';
import { count, positive } from '../cli/numbers.js';
import type { BenchAugmentOptions } from './benchAugment.js';
import type { BenchFiltersOptions } from './benchFilters.js';
import type { BenchFolderOptions } from './benchFolder.js';

/** `gradstream bench`: our side of the comparison with Keras, PyTorch and TensorFlow.js. */
export function benchCommand(): Command {
  return new Command('bench')
    .addCommand(trainBench())
    .addCommand(startupBench())
    .addCommand(overheadBench())
    .addCommand(filtersBench())
    .addCommand(augmentBench())
    .addCommand(folderBench());
}

function trainBench(): Command {
  return timed(new Command('train').description('time of one training step, through the public pipeline'), 300, 50)
    .addOption(
      new Option('--model <name>', 'which of the Keras examples')
        .choices(['mlp', 'cnn', 'resnet20', 'resnet29v2'])
        .default('mlp'),
    )
    .option('--batch <n>', 'examples in a step (default: as the Keras example has it)', count)
    .option('--data <dir>', 'folder with the real data set (default: noise of the same shape)')
    .option('--augment', 'shift and mirror the pictures as the CIFAR-10 examples do')
    .option('--no-compile', 'measure eager execution')
    .addOption(dtypePolicyOption())
    .action(async (flags: TrainFlags) => {
      const { benchTrain } = await import('./benchTrain.js');
      const { benchModels } = await import('./benchModels.js');
      const model = benchModels[flags.model];
      const { model: name, batch = model.batch, augment = false } = flags;
      for (const stepsPerExecution of flags.compile ? model.stepsPerExecution : [1]) {
        await benchTrain({ ...flags, name, model, batch, augment, stepsPerExecution });
      }
    });
}

function startupBench(): Command {
  return withThreads(
    new Command('startup').description('from the start of a process to the end of its first step'),
  ).action(async (flags: { threads: number }) => (await import('./benchStartup.js')).benchStartup(flags));
}

function overheadBench(): Command {
  return timed(new Command('overhead').description('what the stream around a step costs'), 2000, 1000)
    .option('--batch <n>', 'examples in a step', count, 128)
    .action(async (flags: { batch: number; steps: number; warmup: number; threads: number }) =>
      (await import('./benchOverhead.js')).benchOverhead(flags),
    );
}

function augmentBench(): Command {
  return withThreads(new Command('augment').description('augmented pictures of 32 × 32 pixels a second'))
    .addOption(new Option('--set <name>', 'what is done to them').choices(['shift-flip', 'full']).default('shift-flip'))
    .option('--batch <n>', 'pictures in a batch', count, 128)
    .option('--seconds <s>', 'measured time', positive, 3)
    .option('--data <dir>', 'folder with the real data set (default: noise of the same shape)')
    .action(async (flags: BenchAugmentOptions) => (await import('./benchAugment.js')).benchAugment(flags));
}

function folderBench(): Command {
  return withThreads(new Command('folder').description('picture files a second, decoded, resized and put into batches'))
    .requiredOption('--folder <dir>', 'a folder of pictures for each class')
    .option('--batch <n>', 'pictures in a batch', count, 32)
    .option('--size <pixels>', 'rows and columns of the finished pictures', count, 224)
    .action(async (flags: BenchFolderOptions) => (await import('./benchFolder.js')).benchFolder(flags));
}

function filtersBench(): Command {
  return withThreads(new Command('filters').description("gradient ascent for a filter of VGG16's block5_conv1"))
    .option('--size <pixels>', 'of the finished picture', count, 128)
    .option('--filters <n>', 'measured filters, or groups of a batch', count, 3)
    .option('--batch <n>', 'filters that are climbed together', count, 1)
    .option('--weights <file>', "VGG16's weights (default: random)")
    .addOption(dtypePolicyOption())
    .action(async (flags: BenchFiltersOptions) => (await import('./benchFilters.js')).benchFilters(flags));
}

interface TrainFlags {
  readonly model: string;
  readonly batch?: number;
  readonly steps: number;
  readonly warmup: number;
  readonly threads: number;
  readonly data?: string;
  readonly augment?: boolean;
  readonly compile: boolean;
  readonly dtypePolicy?: DtypePolicy;
}

const timed = (command: Command, steps: number, warmup: number): Command =>
  withThreads(command)
    .option('--steps <n>', 'measured steps', count, steps)
    .option('--warmup <n>', 'steps before', count, warmup);

const withThreads = (command: Command): Command =>
  command.option('--threads <n>', 'processors to use', count, availableParallelism());
