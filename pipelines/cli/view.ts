import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { concat, ignoreElements, interval, lastValueFrom } from 'rxjs';
import { liveView } from '../../operators/liveView.js';
import { replay } from '../../operators/replay.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { folderName } from './folderName.js';
import { type LiveFlag, portNumber, portOf } from './liveOption.js';
import { EVENT_LOG } from './runFolder.js';

/** `gradstream view DIR`: the page of `--live` for a run that was, until Ctrl-C. */
export const viewCommand = (): Command =>
  new Command('view')
    .argument('<dir>', 'folder that the run had as --out', folderName)
    .option('--port <n>', 'of the page (default: 6007)', portNumber)
    .action(view);

async function view(dir: string, { port = true }: { readonly port?: LiveFlag }): Promise<void> {
  const log = join(dir, EVENT_LOG);
  if (!existsSync(log)) {
    throw new InvalidArgumentError(
      `${log} isn't there. Give the folder that a run of 'gradstream train' had as --out.`,
    );
  }
  const forEver = interval(LONG).pipe(ignoreElements());
  await lastValueFrom(concat(replay(log), forEver).pipe(liveView(portOf(port))));
}

/** Milliseconds; a timer keeps the process, and with it the page. */
const LONG = 2 ** 30;
