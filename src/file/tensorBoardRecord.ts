import { crc32c } from './crc32.js';

/** Values of one moment, by their tags. */
export interface Scalars {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** A whole number. */
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** What TensorBoard's event files begin with. */
export const versionRecord = (time: number): Buffer =>
  record([double(EVENT.wallTime, time / 1000), text(EVENT.fileVersion, 'brain.Event:2')]);

/** Tells that a run goes on before a step: points of earlier files from there on count no longer. */
export const resumptionRecord = ({ time, step }: Pick<Scalars, 'time' | 'step'>): Buffer =>
  record([
    double(EVENT.wallTime, time / 1000),
    varintField(EVENT.step, step),
    bytes(EVENT.sessionLog, varintField(SESSION_LOG.status, STARTED)),
  ]);

/** A record of an event file that gives a point of a curve for each tag. Values are kept in float32. */
export const scalarsRecord = ({ time, step, values }: Scalars): Buffer => {
  const points = Object.entries(values).map(([tag, value]) =>
    bytes(SUMMARY.value, Buffer.concat([text(VALUE.tag, tag), float(VALUE.simpleValue, value)])),
  );
  return record([
    double(EVENT.wallTime, time / 1000),
    varintField(EVENT.step, step),
    bytes(EVENT.summary, Buffer.concat(points)),
  ]);
};

/** Numbers of the fields, of `tensorflow/core/util/event.proto` and `tensorflow/core/framework/summary.proto`. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const;
const SUMMARY = { value: 1 } as const;
const SESSION_LOG = { status: 1 } as const;
const STARTED = 1;
const VALUE = { tag: 1, simpleValue: 2 } as const;

/** Length, its checksum, the message, its checksum. Source: `tensorflow/core/lib/io/record_writer.h`. */
function record(fields: readonly Buffer[]): Buffer {
  const message = Buffer.concat(fields);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(message.length));
  return Buffer.concat([length, checksum(length), message, checksum(message)]);
}

/** Masked, since a checksum of what holds checksums is weak. */
function checksum(message: Buffer): Buffer {
  const crc = crc32c(message);
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return masked;
}

/** How a field's value is written, in protocol buffers' encoding. */
const VARINT = 0;
const EIGHT_BYTES = 1;
const LENGTH_FIRST = 2;
const FOUR_BYTES = 5;

const head = (field: number, wire: number): Buffer => varint(field * 8 + wire);

const varintField = (field: number, value: number): Buffer => Buffer.concat([head(field, VARINT), varint(value)]);

const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value));

const bytes = (field: number, value: Buffer): Buffer =>
  Buffer.concat([head(field, LENGTH_FIRST), varint(value.length), value]);

function double(field: number, value: number): Buffer {
  const encoded = Buffer.alloc(8);
  encoded.writeDoubleLE(value);
  return Buffer.concat([head(field, EIGHT_BYTES), encoded]);
}

function float(field: number, value: number): Buffer {
  const encoded = Buffer.alloc(4);
  encoded.writeFloatLE(value);
  return Buffer.concat([head(field, FOUR_BYTES), encoded]);
}

/** Seven bits a byte, the lowest first. */
function varint(value: number): Buffer {
  const encoded: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) encoded.push((rest % 128) + 128);
  return Buffer.from([...encoded, rest]);
}
