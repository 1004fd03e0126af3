import { closeSync, openSync, readSync } from 'node:fs';
import { FileFormatError } from '../error/fileFormatError.js';
import { checkGlobalHeaps } from './checkGlobalHeaps.js';

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * Looks at a file before the HDF5 library does, which believes what it finds.
 *
 * @param origin names the file in messages
 * @throws FileFormatError where it isn't an HDF5 file, isn't whole, or would keep the library busy for ever
 */
export function checkHdf5File(path: string, fileBytes: number, origin: string): void {
  const head = Buffer.alloc(64);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, head, 0, head.length, 0);
    checkSuperblock(head, fileBytes, origin);
    if (!checkGlobalHeaps(descriptor, fileBytes)) {
      throw new FileFormatError(`${origin}: damaged HDF5 file. Copy or download it again.`);
    }
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Source: HDF5 File Format Specification, section II.A. The end-of-file address tells a cut file, which the library
 * would open and read zeros or nonsense from.
 */
function checkSuperblock(head: Buffer, fileBytes: number, origin: string): void {
  if (!SIGNATURE.every((byte, i) => head[i] === byte)) {
    const hint = head.toString('latin1', 0, 2) === 'PK' ? ' It is a zip file: if Keras wrote it, name it .keras.' : '';
    throw new FileFormatError(
      `${origin}: not an HDF5 file (${fileBytes} bytes, without HDF5's signature at their head).${hint}`,
    );
  }
  const version = head[8];
  const [addressBytes, endAt] = version < 2 ? [head[13], version === 0 ? 40 : 44] : [head[9], 28];
  if (version > 3 || addressBytes !== 8) {
    throw new FileFormatError(
      `${origin}: unknown HDF5 superblock (version ${version}, addresses of ${addressBytes} bytes).`,
    );
  }
  const end = head.readBigUInt64LE(endAt);
  if (fileBytes < 64 || end > BigInt(fileBytes)) {
    throw new FileFormatError(`${origin}: cut: it has ${fileBytes} bytes of ${end}. Copy or download it again.`);
  }
}
