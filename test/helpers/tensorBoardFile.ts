import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A point of a curve. */
export interface Point {
  readonly tag: string;
  readonly step: number;
  readonly value: number;
  /** Seconds since 1970. */
  readonly time: number;
}

/** The points of a folder's event files, in the order of their names. Nothing where there is no folder. */
export function readPoints(folder: string): Point[] {
  let names: string[];
  try {
    names = readdirSync(folder).sort();
  } catch {
    return [];
  }
  return names.flatMap(name => messagesOf(readFileSync(join(folder, name))).flatMap(pointsOf));
}

function messagesOf(file: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    messages.push(file.subarray(at + 12, at + 12 + length));
    at += 16 + length;
  }
  return messages;
}

function pointsOf(event: Buffer): Point[] {
  const [{ value: time }] = fieldsOf(event, 1);
  const step = fieldsOf(event, 2)[0]?.number ?? 0;
  return fieldsOf(event, 5)
    .flatMap(({ value }) => fieldsOf(value, 1))
    .map(({ value: point }) => ({
      tag: String(fieldsOf(point, 1)[0].value),
      step,
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
