import { createHash } from 'node:crypto';
import { FileFormatError } from '../error/fileFormatError.js';
import { NewerFormatError } from '../error/newerFormatError.js';
import { isRecord } from '../text/json.js';
import { VERSION } from '../version.js';

/** Files of a snapshot beside the manifest; see docs/checkpoint-format.md. */
export const SNAPSHOT_FILES = ['weights.safetensors', 'optimizer.safetensors', 'run.json'] as const;

export type SnapshotFile = (typeof SNAPSHOT_FILES)[number];

export type SnapshotBytes = Readonly<Record<SnapshotFile, Uint8Array>>;

export const MANIFEST = 'manifest.json';

const FORMAT = 'gradstream-checkpoint';
/** Raised where an older library can't read what is written. */
const FORMAT_VERSION = 1;

interface FileEntry {
  readonly bytes: number;
  readonly sha256: string;
}

export type Manifest = Readonly<Record<SnapshotFile, FileEntry>>;

export function manifestText(files: SnapshotBytes): string {
  const entries = SNAPSHOT_FILES.map(name => [name, { bytes: files[name].length, sha256: sha256Of(files[name]) }]);
  const manifest = { format: FORMAT, version: FORMAT_VERSION, library: VERSION, files: Object.fromEntries(entries) };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/**
 * Names in the manifest are never used as paths: it must list exactly the files of a snapshot.
 *
 * @throws FileFormatError where it is no manifest; NewerFormatError where it is of a newer format
 */
export function parseManifest(text: string): Manifest {
  const manifest = parseObject(text, MANIFEST);
  if (manifest.format !== FORMAT) throw new FileFormatError(`${MANIFEST} is not of a checkpoint of this library`);
  if (typeof manifest.version !== 'number') throw new FileFormatError(`${MANIFEST} has no version`);
  if (manifest.version > FORMAT_VERSION) {
    throw new NewerFormatError(
      `it has format ${manifest.version}, written by gradstream ${manifest.library}; this version (${VERSION}) reads up to ` +
        `format ${FORMAT_VERSION}: update gradstream`,
    );
  }
  if (!Number.isInteger(manifest.version) || manifest.version < 1) {
    throw new FileFormatError(`${MANIFEST} has the format ${manifest.version}; formats are numbered from 1 on`);
  }
  const files = isRecord(manifest.files) ? manifest.files : {};
  const names = Object.keys(files);
  const unknown = names.find(name => !SNAPSHOT_FILES.some(known => known === name));
  if (unknown !== undefined || names.length !== SNAPSHOT_FILES.length) {
    throw new FileFormatError(
      `${MANIFEST} lists ${names.map(name => `'${name}'`).join(', ')}, not ${SNAPSHOT_FILES.join(', ')}`,
    );
  }
  for (const [name, entry] of Object.entries(files)) {
    if (!isRecord(entry) || !Number.isSafeInteger(entry.bytes) || typeof entry.sha256 !== 'string') {
      throw new FileFormatError(`${MANIFEST} has no size and checksum of ${name}`);
    }
  }
  return files as Manifest;
}

/** @throws FileFormatError where these aren't the bytes that were written */
export function checkBytes(name: SnapshotFile, bytes: Uint8Array, { bytes: size, sha256 }: FileEntry): void {
  if (bytes.length !== size) throw new FileFormatError(`${name} has ${bytes.length} bytes, not ${size}`);
  if (sha256Of(bytes) !== sha256) throw new FileFormatError(`the checksum of ${name} is wrong`);
}

/** @throws FileFormatError where the text isn't a JSON object */
export function parseObject(text: string, name: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FileFormatError(`${name} is not JSON (${(error as Error).message})`);
  }
  if (!isRecord(value)) throw new FileFormatError(`${name} is not a JSON object`);
  return value;
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
