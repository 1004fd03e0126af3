import type { Finding } from './finding.js';
import { pinnedWheelFor, TYPICAL_BYTES, whyUnsupported } from './pinnedWheel.js';
import type { Probes } from './probes.js';
import type { TensorflowFiles } from './tensorflowFiles.js';

const OLDEST_NODE = [20, 9] as const;

/** Says of each part that native TensorFlow needs what was found, and the cure for what is missing. */
export async function diagnose(probes: Probes): Promise<Finding[]> {
  const files = await locate(probes);
  const isInstalled = !(files instanceof Error);
  const findings = [
    ofNode(probes.node),
    ofSystem(probes),
    ofProcessor(probes),
    ofCache(probes, isInstalled),
    ofKoffi(probes.koffi),
  ];
  if (!isInstalled) findings.push(await ofSource(probes));
  findings.push(ofTensorflow(files));
  // Without AVX the library would not fail, but end the process.
  if (isInstalled && probes.avx !== false) findings.push(await ofLoading(files, probes.load));
  return findings;
}

async function locate(probes: Probes): Promise<TensorflowFiles | Error> {
  try {
    return await probes.tensorflow();
  } catch (error) {
    return error as Error;
  }
}

function ofNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldest, oldestMinor] = OLDEST_NODE;
  const isOld = major < oldest || (major === oldest && minor < oldestMinor);
  const found = `Node ${version}`;
  if (!isOld) return { part: 'Node', status: 'ok', found };
  return { part: 'Node', status: 'missing', found, cure: `Install Node ${oldest}.${oldestMinor} or newer.` };
}

function ofSystem({ machine }: Probes): Finding {
  const part = 'System';
  const libc = machine.platform !== 'linux' ? '' : machine.glibc === null ? ', no glibc' : `, glibc ${machine.glibc}`;
  const found = `${machine.platform} ${machine.arch}${libc}`;
  const reason = whyUnsupported(machine);
  if (reason === undefined) return { part, status: 'ok', found };
  return { part, status: 'missing', found, cure: `${reason} Training runs on WebAssembly instead, which is slower.` };
}

function ofProcessor({ avx, bfloat16, machine }: Probes): Finding {
  const part = 'Processor';
  if (machine.arch !== 'x64') return { part, status: 'ok', found: `${machine.arch}, needs no AVX` };
  if (avx === true) return { part, status: 'ok', found: bfloat16 ? 'AVX, bfloat16' : 'AVX' };
  if (avx === null)
    return { part, status: 'warning', found: 'not known whether it has AVX', cure: 'TensorFlow needs it.' };
  const cure = 'TensorFlow needs AVX: use another machine, or switch it on in the settings of the virtual one.';
  return { part, status: 'missing', found: 'no AVX', cure };
}

function ofCache({ cache, machine }: Probes, isInstalled: boolean): Finding {
  const part = 'Cache';
  const { folder, writable, freeBytes } = cache;
  const found = `${folder}, ${gigabytes(freeBytes)} free`;
  const wheel = pinnedWheelFor(machine.platform, machine.arch);
  const needed = (wheel?.bytes ?? TYPICAL_BYTES.wheel) + (wheel?.unpackedBytes ?? TYPICAL_BYTES.unpacked);
  const status = isInstalled ? 'warning' : 'missing';
  const another = 'name a folder elsewhere with GRADSTREAM_CACHE.';
  if (!writable) return { part, status, found: `${folder}, not writable`, cure: `Make it writable, or ${another}` };
  if (freeBytes >= needed || isInstalled) return { part, status: 'ok', found };
  return { part, status, found, cure: `TensorFlow needs ${gigabytes(needed)}: free some space, or ${another}` };
}

function ofKoffi(version: string | undefined): Finding {
  if (version !== undefined) return { part: 'koffi', status: 'ok', found: `koffi ${version}` };
  const cure = 'Run npm install again, with optional dependencies.';
  return { part: 'koffi', status: 'missing', found: 'not there, or not for this system', cure };
}

async function ofSource({ source }: Probes): Promise<Finding> {
  const part = 'Download';
  const found = await source();
  if (found !== undefined) return { part, status: 'ok', found: `by ${found}` };
  const cure = 'Connect to the network, or name a package index that can be reached with PIP_INDEX_URL.';
  return { part, status: 'missing', found: 'neither pip nor a package index gives it', cure };
}

function ofTensorflow(files: TensorflowFiles | Error): Finding {
  const part = 'TensorFlow';
  if (files instanceof Error) {
    return { part, status: 'missing', found: 'not installed', cure: files.message };
  }
  return { part, status: 'ok', found: `${files.version ?? 'version unknown'}, ${files.cc}` };
}

async function ofLoading(files: TensorflowFiles, load: Probes['load']): Promise<Finding> {
  const part = 'Loading';
  try {
    return { part, status: 'ok', found: await load(files) };
  } catch (error) {
    const { message } = error as Error;
    const cure = 'Run npx gradstream setup --force to fetch the libraries anew; if that does not help, report it.';
    return { part, status: 'missing', found: message, cure };
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
