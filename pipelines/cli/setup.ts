import { Command } from 'commander';
import { type LocateOptions, locateTensorflow } from '../../src/native/install/locateTensorflow.js';
import type { TensorflowFiles } from '../../src/native/install/tensorflowFiles.js';
import { ProgressLine } from './progressLine.js';

/** `gradstream setup`: brings native TensorFlow onto the machine, once for all checkouts. */
export function setupCommand(): Command {
  return new Command('setup')
    .option('--force', 'fetch it anew though it is there')
    .action(async ({ force }: { force?: boolean }) => {
      const { version, cc } = await installWithProgress({ force });
      process.stdout.write(`Native TensorFlow ${version ?? '(version unknown)'} is ready: ${cc}\n`);
    });
}

/**
 * Finds or installs TensorFlow and shows on stderr how far it is; silent where it is there already.
 *
 * @throws what `locateTensorflow` throws
 */
export async function installWithProgress(
  options: Pick<LocateOptions, 'force' | 'signal'> = {},
): Promise<TensorflowFiles> {
  const line = new ProgressLine(process.stderr);
  try {
    return await locateTensorflow({
      ...options,
      onProgress: progress => line.update(progress),
      onWait: () => line.say('Another process installs TensorFlow just now; waiting for it.'),
    });
  } finally {
    line.clear();
  }
}
