#!/usr/bin/env node
import { Command } from 'commander';
import { GradstreamError } from '../../src/error/gradstreamError.js';
import { VERSION as version } from '../../src/version.js';

interface Entry {
  readonly description: string;
  /** Whether it computes: TensorFlow is loaded while its modules are. */
  readonly computes?: true;
  readonly load: () => Promise<Command>;
}

/** Each command is loaded only when it is asked for: starting quickly is part of the product. */
const commands: Readonly<Record<string, Entry>> = {
  train: {
    description: 'train one of the built-in recipes',
    computes: true,
    load: async () => (await import('./train.js')).trainCommand(),
  },
  filters: {
    description: 'draw what the filters of a convolution layer look for, by gradient ascent',
    computes: true,
    load: async () => (await import('./filters.js')).filtersCommand(),
  },
  view: {
    description: 'show a run of --out in a browser once it is over, as --live does while it goes on',
    load: async () => (await import('./view.js')).viewCommand(),
  },
  setup: {
    description: 'fetch native TensorFlow into the cache that all projects share; does nothing where it is there',
    load: async () => (await import('./setup.js')).setupCommand(),
  },
  doctor: {
    description: 'say what native TensorFlow needs, what of it is there, and the cure for what is not',
    load: async () => (await import('./doctor.js')).doctorCommand(),
  },
  explain: {
    description: 'show what a compiled training step consists of and where its time goes',
    computes: true,
    load: async () => (await import('./explain.js')).explainCommand(),
  },
  convert: {
    description: 'write a model file in another format; the names say which',
    load: async () => (await import('./convert.js')).convertCommand(),
  },
  inspect: {
    description: 'say what is in a model file: layers, shapes, optimizer; weights are not loaded',
    load: async () => (await import('./inspect.js')).inspectCommand(),
  },
  golden: {
    description: 'run the golden cases of a folder: results that real Keras gave and ours must agree with',
    computes: true,
    load: async () => (await import('../golden/goldenCommand.js')).goldenCommand(),
  },
  bench: {
    description: 'measure and print JSON lines that stand beside those of other libraries',
    load: async () => (await import('../bench/benchCommand.js')).benchCommand(),
  },
};

/** The command line. The exit code is 0 only where everything was done. */
async function main(args: readonly string[]): Promise<void> {
  const program = new Command('gradstream')
    .description('Reactive training streams: RxJS operators over TensorFlow.js, on native TensorFlow.')
    .version(version)
    // 'train cifar10-resnet --version 2' is the recipe's.
    .enablePositionalOptions()
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText('after', examples);
  const asked = args.find(arg => Object.hasOwn(commands, arg));
  const wantsHelp = args.some(arg => arg === '--help' || arg === '-h');
  if (asked !== undefined && commands[asked]?.computes && !wantsHelp) await import('../../src/native/preload.js');
  for (const [name, { description, load }] of Object.entries(commands)) {
    // Of the others the list of commands needs name and description alone.
    const command = name === asked ? await load() : new Command(name);
    program.addCommand(command.copyInheritedSettings(program).description(description));
  }
  await program.parseAsync(args, { from: 'user' });
}

const examples = `
Examples:
  gradstream train mnist-mlp                     learn to read digits, in a few minutes
  gradstream train mnist-mlp --epochs 3 --json   one JSON line an event, for other programs
  gradstream doctor                              what is here, what is missing, and the cure`;

// Whoever reads our output may have had enough (`… | head`): end as a program does that the system tells so.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(141);
  // The terminal was closed: SIGHUP says so, and ends the run.
  if (error.code === 'EIO') return;
  process.stderr.write(`gradstream: The output can't be written (${error.message}).\n`);
  process.exit(1);
});

// Nobody is left to be told of it.
process.stderr.on('error', () => undefined);

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(
    `${error instanceof GradstreamError ? `gradstream: ${error.message}` : (error as Error).stack}\n`,
  );
  process.exitCode = 1;
}
