/** A message in protocol buffers' encoding is the bytes of its fields, one after the other: what these functions give. */
export const varintField = (field: number, value: number): Buffer =>
  Buffer.concat([key(field, Wire.varint), varint(value)]);

export const textField = (field: number, text: string): Buffer => bytesField(field, Buffer.from(text));

/** A message within the message. */
export const messageField = (field: number, fields: readonly Buffer[]): Buffer =>
  bytesField(field, Buffer.concat(fields));

export function doubleField(field: number, value: number): Buffer {
  const encoded = Buffer.alloc(8);
  encoded.writeDoubleLE(value);
  return Buffer.concat([key(field, Wire.eightBytes), encoded]);
}

export function floatField(field: number, value: number): Buffer {
  const encoded = Buffer.alloc(4);
  encoded.writeFloatLE(value);
  return Buffer.concat([key(field, Wire.fourBytes), encoded]);
}

/** How a field's value is encoded. */
const Wire = { varint: 0, eightBytes: 1, lengthFirst: 2, fourBytes: 5 } as const;

const key = (field: number, wire: number): Buffer => varint(field * 8 + wire);

const bytesField = (field: number, content: Buffer): Buffer =>
  Buffer.concat([key(field, Wire.lengthFirst), varint(content.length), content]);

/** Seven bits a byte, the lowest first. */
function varint(value: number): Buffer {
  const encoded: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) encoded.push((rest % 128) + 128);
  return Buffer.from([...encoded, rest]);
}

/** A message that is read: whole numbers, texts and messages in it. Numbers of a fixed length are passed over. */
export class Message {
  private readonly fields: readonly Field[];

  /** @throws RangeError where a field is encoded in no way that there is */
  constructor(bytes: Uint8Array) {
    this.fields = fieldsOf(bytes);
  }

  /** 0 where the field isn't there, as protocol buffers have it. */
  number(field: number): number {
    const [value = 0] = this.values(field);
    return typeof value === 'number' ? value : 0;
  }

  /** Empty where the field isn't there. */
  text(field: number): string {
    const [value = 0] = this.values(field);
    return typeof value === 'number' ? '' : new TextDecoder().decode(value);
  }

  /** All of a field that is repeated. */
  messages(field: number): Message[] {
    return this.values(field).flatMap(value => (typeof value === 'number' ? [] : [new Message(value)]));
  }

  private values(field: number): (number | Uint8Array)[] {
    return this.fields.filter(({ number }) => number === field).map(({ value }) => value);
  }
}

interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

function fieldsOf(bytes: Uint8Array): Field[] {
  const found: Field[] = [];
  let at = 0;
  const nextVarint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const head = nextVarint();
    const number = Math.floor(head / 8);
    switch (head & 7) {
      case Wire.varint:
        found.push({ number, value: nextVarint() });
        break;
      case Wire.eightBytes:
        at += 8;
        break;
      case Wire.lengthFirst: {
        const length = nextVarint();
        found.push({ number, value: bytes.subarray(at, at + length) });
        at += length;
        break;
      }
      case Wire.fourBytes:
        at += 4;
        break;
      default:
        throw new RangeError(`A message in protocol buffers' encoding has the unknown wire type ${head & 7}.`);
    }
  }
  return found;
}
