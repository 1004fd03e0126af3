import { TensorflowMissingError } from '../../error/tensorflowMissingError.js';
import { findInstalled } from './findInstalled.js';
import { type InstallOptions, installTensorflow } from './installTensorflow.js';
import { libraryNames } from './libraryNames.js';
import { type Machine, thisMachine } from './machine.js';
import { type PinnedWheel, pinnedWheelFor, wheelFolder, whyUnsupported } from './pinnedWheel.js';
import type { TensorflowFiles } from './tensorflowFiles.js';

export interface LocateOptions extends Omit<InstallOptions, 'platform'> {
  /** Whether the wheel may be fetched when nothing is there. Default true. */
  readonly install?: boolean | undefined;
  /** Default: this one. */
  readonly machine?: Machine | undefined;
  /** Which wheel to use. Default: the one pinned for the machine. */
  readonly wheel?: PinnedWheel | undefined;
}

/**
 * Finds TensorFlow's libraries: those that `GRADSTREAM_TENSORFLOW` names, else those in the cache, else those of the
 * pinned wheel, which is fetched once for all checkouts.
 *
 * @throws TensorflowMissingError with the reason and the cure
 * @throws FileAccessError, ChecksumError from the installation
 */
export async function locateTensorflow(options: LocateOptions = {}): Promise<TensorflowFiles> {
  const { platform, arch } = options.machine ?? process;
  const given = process.env.GRADSTREAM_TENSORFLOW;
  const wheel = options.wheel ?? pinnedWheelFor(platform, arch);
  const found = findInstalled(platform, wheel);
  if (found !== undefined && (given || options.force !== true)) return found;
  if (given) {
    const { framework, cc } = libraryNames(platform);
    throw new TensorflowMissingError(
      `GRADSTREAM_TENSORFLOW names '${given}', but ${framework} and ${cc} are not there, nor in a Python environment ` +
        'there. Name the folder that holds them, or unset it to have TensorFlow fetched.',
    );
  }
  // Not before: asking for the C library takes longer than all of the above.
  const reason = whyUnsupported(options.machine ?? thisMachine());
  if (reason !== undefined || wheel === undefined) {
    throw new TensorflowMissingError(`${reason} A build of your own can be named with GRADSTREAM_TENSORFLOW.`);
  }
  const folder = wheelFolder(wheel);
  if (options.install === false) {
    throw new TensorflowMissingError(`TensorFlow ${wheel.version} is not in ${folder}. Run: npx gradstream setup`);
  }
  return installTensorflow(folder, wheel, { ...options, platform });
}
