import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** The SHA-256 of a file's bytes, in lower-case hexadecimal digits. */
export function sha256OfFile(file: string): Promise<string> {
  return hashOfFile(file, 'sha256');
}

/** The MD5 of a file's bytes, in lower-case hexadecimal digits: for lists that publish nothing better. */
export function md5OfFile(file: string): Promise<string> {
  return hashOfFile(file, 'md5');
}

async function hashOfFile(file: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
