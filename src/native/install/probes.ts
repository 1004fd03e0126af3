import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { cacheFolder } from '../../file/cacheFolder.js';
import { processorHas, processorHasBfloat16 } from '../processor.js';
import { locateTensorflow } from './locateTensorflow.js';
import { type Machine, thisMachine } from './machine.js';
import { addressOnIndex, packageIndexes } from './packageIndex.js';
import { type PinnedWheel, pinnedWheelFor } from './pinnedWheel.js';
import { findPip, pipHas } from './pipDownload.js';
import type { TensorflowFiles } from './tensorflowFiles.js';

/** What the doctor looks at. Tests put machines here that nobody has. */
export interface Probes {
  readonly node: string;
  readonly machine: Machine;
  /** Whether the processor has AVX; null where that can't be known. */
  readonly avx: boolean | null;
  /** Whether it computes in bfloat16; null where that can't be known. */
  readonly bfloat16: boolean | null;
  readonly cache: { readonly folder: string; readonly writable: boolean; readonly freeBytes: number };
  /** Version of koffi, or undefined where it can't be loaded. */
  readonly koffi: string | undefined;
  /** Who has the wheel and answers, such as "pip3", or undefined. */
  readonly source: () => Promise<string | undefined>;
  /** @throws where the libraries are not there; the message says why */
  readonly tensorflow: () => Promise<TensorflowFiles>;
  /** Loads the libraries and says what they are. */
  readonly load: (files: TensorflowFiles) => Promise<string>;
}

const INDEX_TIMEOUT_MS = 3_000;

/** Looks at this machine. */
export function thisProbes(load: Probes['load']): Probes {
  const machine = thisMachine();
  return {
    node: process.versions.node,
    machine,
    avx: processorHas('avx'),
    bfloat16: processorHasBfloat16(),
    cache: probeFolder(cacheFolder()),
    koffi: koffiVersion(),
    source: () => findSource(pinnedWheelFor(machine.platform, machine.arch)),
    tensorflow: () => locateTensorflow({ install: false }),
    load,
  };
}

/** Where the folder is not there yet, what holds is said of the nearest one above it that is. */
export function probeFolder(folder: string): Probes['cache'] {
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  return { folder, writable: canWrite(existing), freeBytes: bavail * bsize };
}

function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}

function koffiVersion(): string | undefined {
  try {
    return (createRequire(import.meta.url)('koffi') as { version: string }).version;
  } catch {
    return undefined;
  }
}

/** What would be asked for the wheel, in the order of the installation, and has it. */
async function findSource(wheel: PinnedWheel | undefined): Promise<string | undefined> {
  if (wheel === undefined) return undefined;
  const pip = await findPip();
  if (pip !== undefined && (await pipHas(pip, wheel))) return pip.join(' ');
  for (const index of await packageIndexes()) {
    const { project, fileName } = wheel;
    const address = addressOnIndex(index, project, fileName, AbortSignal.timeout(INDEX_TIMEOUT_MS));
    if ((await address.catch(() => undefined)) !== undefined) return new URL(index).host;
  }
  return undefined;
}
