import { checkLength, checkPixels, type PlainPixels } from './plainPixels.js';

/**
 * Reads a binary PPM or PGM (P6, P5) of up to 255 levels, which sharp doesn't know. Undefined where the bytes are none.
 *
 * @throws Error where it is cut short or of a rare kind
 */
export function parsePpm(bytes: Uint8Array, maxPixels: number): PlainPixels | undefined {
  const kind = Buffer.from(bytes.subarray(0, 2)).toString('latin1');
  if (!/^P[1-6]$/.test(kind)) return undefined;
  // Comments may be long, numbers not.
  const head = Buffer.from(bytes.subarray(0, 4096)).toString('latin1');
  const found = /^P[56](?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)\s/.exec(head);
  if (found === null) throw new Error(`it is a ${kind} file, expected a binary one (P5 or P6) with a size and levels`);
  const [header, columns, rows, most] = [found[0], ...found.slice(1).map(Number)] as [string, number, number, number];
  checkPixels(rows, columns, maxPixels);
  if (most < 1 || most > 255) throw new Error(`it has ${most} levels, expected 1 to 255`);
  const channels = kind === 'P6' ? 3 : 1;
  const end = header.length + rows * columns * channels;
  checkLength(bytes, end);
  const stored = bytes.slice(header.length, end);
  const data = most === 255 ? stored : stored.map(level => Math.min(255, Math.round((level * 255) / most)));
  return { rows, columns, channels, data };
}
