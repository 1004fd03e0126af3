import { crc32c } from './crc32.js';
import { doubleField, floatField, messageField, textField, varintField } from './protobuf.js';

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
  record([doubleField(EVENT.wallTime, time / 1000), textField(EVENT.fileVersion, 'brain.Event:2')]);

/** Tells that a run goes on before a step: points of earlier files from there on count no longer. */
export const resumptionRecord = ({ time, step }: Pick<Scalars, 'time' | 'step'>): Buffer =>
  record([
    doubleField(EVENT.wallTime, time / 1000),
    varintField(EVENT.step, step),
    messageField(EVENT.sessionLog, [varintField(SESSION_LOG.status, STARTED)]),
  ]);

/** A record of an event file that gives a point of a curve for each tag. Values are kept in float32. */
export const scalarsRecord = ({ time, step, values }: Scalars): Buffer => {
  const points = Object.entries(values).map(([tag, value]) =>
    messageField(SUMMARY.value, [textField(VALUE.tag, tag), floatField(VALUE.simpleValue, value)]),
  );
  return record([
    doubleField(EVENT.wallTime, time / 1000),
    varintField(EVENT.step, step),
    messageField(EVENT.summary, points),
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
