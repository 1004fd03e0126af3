import { FileFormatError } from '../error/fileFormatError.js';

const BLOCK = 512;
const CHECKSUM_AT = 148;
const CHECKSUM_BYTES = 8;

/**
 * The regular files of an uncompressed tar archive by their path, as views of `bytes`. Names of up to 255 bytes
 * (POSIX ustar); links and other special members are left out.
 *
 * @param origin names the archive in messages
 * @throws FileFormatError where the archive is cut or damaged
 */
export function readTar(bytes: Uint8Array, origin: string): ReadonlyMap<string, Uint8Array> {
  const fail = (problem: string, remedy = 'Delete the file and get it anew.'): never => {
    throw new FileFormatError(`${origin}: ${problem}. ${remedy}`);
  };
  const files = new Map<string, Uint8Array>();
  for (let at = 0; ; ) {
    if (at + BLOCK > bytes.length) return fail(`cut short after ${bytes.length} bytes: no tar archive ends like this`);
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every(byte => byte === 0)) return files;
    if (octal(header, CHECKSUM_AT, CHECKSUM_BYTES) !== checksum(header)) {
      // It may be a good file of another kind, which is not to be deleted.
      if (at === 0)
        fail('no tar header at byte 0', 'Name a tar archive, or the folder of its files; one that was, get anew.');
      fail(`no tar header at byte ${at}`);
    }

    const name = text(header, 0, 100);
    const size = octal(header, 124, 12);
    if (!(size >= 0)) fail(`no size of '${name}' at byte ${at}`);
    const start = at + BLOCK;
    if (start + size > bytes.length) {
      fail(`cut short: '${name}' takes ${size} bytes, but ${bytes.length - start} are left`);
    }
    const type = header[156];
    if (type === 0 || type === '0'.charCodeAt(0)) {
      const folder = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : '';
      files.set(folder === '' ? name : `${folder}/${name}`, bytes.subarray(start, start + size));
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}

const text = (header: Uint8Array, at: number, length: number): string =>
  Buffer.from(header.subarray(at, at + length))
    .toString('latin1')
    .split('\0', 1)[0];

/** NaN where there is no octal number, which no checksum equals. */
const octal = (header: Uint8Array, at: number, length: number): number =>
  Number.parseInt(text(header, at, length).trim(), 8);

/** Sum of the header's bytes, its own eight counted as spaces. */
const checksum = (header: Uint8Array): number =>
  header.reduce((sum, byte, i) => sum + (i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_BYTES ? 32 : byte), 0);
