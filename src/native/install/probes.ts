import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { cacheFolder } from '../../file/cacheFolder.js';
import { fetchFrom } from '../../file/fetchFrom.js';
import { processorHas, processorHasBfloat16 } from '../processor.js';
import { locateTensorflow } from './locateTensorflow.js';
import { type Machine, thisMachine } from './machine.js';
import { packageIndexes } from './packageIndex.js';
import { findPip } from './pipDownload.js';
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
  /** A way to the wheel, such as "pip", or undefined. */
  readonly source: () => Promise<string | undefined>;
  /** @throws where the libraries are not there; the message says why */
  readonly tensorflow: () => Promise<TensorflowFiles>;
  /** Loads the libraries and says what they are. */
  readonly load: (files: TensorflowFiles) => Promise<string>;
}

const INDEX_TIMEOUT_MS = 3_000;

/** Looks at this machine. */
export function thisProbes(load: Probes['load']): Probes {
  return {
    node: process.versions.node,
    machine: thisMachine(),
    avx: processorHas('avx'),
    bfloat16: processorHasBfloat16(),
    cache: probeFolder(cacheFolder()),
    koffi: koffiVersion(),
    source: findSource,
    tensorflow: () => locateTensorflow({ install: false }),
    load,
  };
}

/** Where the folder is not there yet, what holds is said of the nearest one above it that is. */
export function probeFolder(folder: string): Probes['cache'] {
  let existing = folder;
  while (statSync(existing, { throwIfNoEntry: false }) === undefined && dirname(existing) !== existing) {
    existing = dirname(existing);
  }
  const { bavail, bsize } = statfsSync(existing);
  return { folder, writable: canWrite(existing), freeBytes: bavail * bsize };
}

function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
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

async function findSource(): Promise<string | undefined> {
  const pip = await findPip();
  if (pip !== undefined) return pip.join(' ');
  for (const index of await packageIndexes()) {
    const answers = await fetchFrom(index, { method: 'HEAD', signal: AbortSignal.timeout(INDEX_TIMEOUT_MS) }).then(
      () => true,
      () => false,
    );
    if (answers) return new URL(index).host;
  }
  return undefined;
}
