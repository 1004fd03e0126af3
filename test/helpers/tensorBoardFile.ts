import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32c } from '../../src/file/crc32.js';

/** A point of a curve. */
export interface Point {
  readonly tag: string;
  readonly step: number;
  readonly value: number;
  /** Seconds since 1970. */
  readonly time: number;
}

/**
 * The points of a folder's event files, in the order of their names, as TensorBoard takes them: those that a resumption takes
 * back are left out. Nothing where there is no folder.
 *
 * @throws Error where a checksum is wrong, or a file doesn't begin with its version and has it once
 */
export function readPoints(folder: string): Point[] {
  if (!existsSync(folder)) return [];
  let points: Point[] = [];
  for (const name of readdirSync(folder).sort()) {
    const [version, ...events] = messagesOf(readFileSync(join(folder, name)));
    const versions = [version, ...events].flatMap(event => fieldsOf(event, 3)).map(({ value }) => String(value));
    if (fieldsOf(version, 3).length !== 1 || versions.join() !== 'brain.Event:2')
      throw new Error(`${name}: ${versions}`);
    for (const event of events) {
      if (fieldsOf(event, 7).length > 0) points = points.filter(({ step }) => step < stepOf(event));
      points.push(...pointsOf(event));
    }
  }
  return points;
}

function messagesOf(file: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    const message = file.subarray(at + 12, at + 12 + length);
    check(file.subarray(at, at + 8), file.readUInt32LE(at + 8));
    check(message, file.readUInt32LE(at + 12 + length));
    messages.push(message);
    at += 16 + length;
  }
  return messages;
}

function check(bytes: Buffer, masked: number): void {
  const rotated = (masked - 0xa282ead8) >>> 0;
  if (((rotated >>> 17) | (rotated << 15)) >>> 0 !== crc32c(bytes)) throw new Error('a checksum is wrong');
}

const stepOf = (event: Buffer): number => fieldsOf(event, 2)[0]?.number ?? 0;

function pointsOf(event: Buffer): Point[] {
  const [{ value: time }] = fieldsOf(event, 1);
  return fieldsOf(event, 5)
    .flatMap(({ value }) => fieldsOf(value, 1))
    .map(({ value: point }) => ({
      tag: String(fieldsOf(point, 1)[0].value),
      step: stepOf(event),
      value: fieldsOf(point, 2)[0].value.readFloatLE(),
      time: time.readDoubleLE(),
    }));
}

interface Field {
  readonly value: Buffer;
  /** Of a varint: what it stands for. */
  readonly number: number;
}

/** Fields of a message that have one number, in protocol buffers' encoding. */
function fieldsOf(message: Buffer, wanted: number): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    let factor = 1;
    for (; message[at] >= 128; factor *= 128) value += (message[at++] - 128) * factor;
    return value + message[at++] * factor;
  };
  while (at < message.length) {
    const head = varint();
    const wire = head % 8;
    const number = wire === 0 || wire === 2 ? varint() : 0;
    const length = { 0: 0, 1: 8, 2: number, 5: 4 }[wire] as number;
    if (Math.floor(head / 8) === wanted) found.push({ value: message.subarray(at, at + length), number });
    at += length;
  }
  return found;
}
