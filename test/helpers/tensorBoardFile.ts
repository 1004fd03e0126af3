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
  const fields = fieldsOf(event);
  const time = (fields.get(1)?.[0] as Buffer).readDoubleLE();
  const step = Number(fields.get(2)?.[0] ?? 0);
  const summaries = (fields.get(5) ?? []) as Buffer[];
  return summaries.flatMap(summary =>
    ((fieldsOf(summary).get(1) ?? []) as Buffer[]).map(value => {
      const point = fieldsOf(value);
      return { tag: String(point.get(1)?.[0]), step, value: (point.get(2)?.[0] as Buffer).readFloatLE(), time };
    }),
  );
}

/** A message's values by the numbers of their fields. */
function fieldsOf(message: Buffer): Map<number, (number | Buffer)[]> {
  const fields = new Map<number, (number | Buffer)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++];
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Buffer => message.subarray(at, (at += length));
  while (at < message.length) {
    const head = varint();
    const value = [varint, () => take(8), () => take(varint()), , , () => take(4)][head % 8]?.();
    const field = Math.floor(head / 8);
    fields.set(field, [...(fields.get(field) ?? []), value as number | Buffer]);
  }
  return fields;
}
