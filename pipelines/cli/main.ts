#!/usr/bin/env node
import { Command } from 'commander';
import { GradstreamError } from '../../src/error/gradstreamError.js';
import { VERSION as version } from '../../src/version.js';

/** Each command is loaded only when it is asked for: starting quickly is part of the product. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  train: async () => (await import('./train.js')).trainCommand(),
  filters: async () => (await import('./filters.js')).filtersCommand(),
  setup: async () => (await import('./setup.js')).setupCommand(),
  doctor: async () => (await import('./doctor.js')).doctorCommand(),
  explain: async () => (await import('./explain.js')).explainCommand(),
  convert: async () => (await import('./convert.js')).convertCommand(),
  inspect: async () => (await import('./inspect.js')).inspectCommand(),
  golden: async () => (await import('../golden/goldenCommand.js')).goldenCommand(),
  bench: async () => (await import('../bench/benchCommand.js')).benchCommand(),
};

/** The command line. The exit code is 0 only where everything was done. */
async function main(args: readonly string[]): Promise<void> {
  const program = new Command('gradstream')
    .description('Reactive training streams: RxJS operators over TensorFlow.js, on native TensorFlow.')
    .version(version)
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText('after', examples);
  const asked = args[0] ?? '';
  const names = asked in commands ? [asked] : Object.keys(commands);
  for (const name of names) program.addCommand(await commands[name]());
  await program.parseAsync(args, { from: 'user' });
}

const examples = `
Examples:
  gradstream train mnist-mlp                     learn to read digits, in a few minutes
  gradstream train mnist-mlp --epochs 3 --json   one JSON line an event, for other programs
  gradstream doctor                              what is here, what is missing, and the cure
`;

// Whoever reads our output may have had enough (`… | head`): end as a program does that the system tells so.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(141);
});

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(
    `${error instanceof GradstreamError ? `gradstream: ${error.message}` : (error as Error).stack}\n`,
  );
  process.exitCode = 1;
}
