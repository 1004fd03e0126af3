import { Command } from 'commander';
import { startBackend } from '../cli/startBackend.js';
import { runGolden } from './runGolden.js';

/** The command `golden DIR [--only FOLDER]`; the exit code is 1 if a case failed. */
export function goldenCommand(): Command {
  return new Command('golden')
    .argument('<dir>', 'folder with <folder>/<case>/case.json in it')
    .option('--only <folder>', 'run the cases of this folder alone')
    .action(async (directory: string, { only }: { only?: string }) => {
      await startBackend();
      const { failed } = await runGolden(directory, only === undefined ? {} : { only });
      if (failed > 0) process.exitCode = 1;
    });
}
