import { describe, expect, it } from 'vitest';
import { crc32c } from '../../../src/file/crc32.js';
import { resumptionRecord, scalarsRecord, versionRecord } from '../../../src/file/tensorBoardRecord.js';

describe('records of TensorBoard', () => {
  /** By `tf.io.TFRecordWriter` of TensorFlow 2.21, of the `Event` of the same fields. */
  it.each([
    [
      'the version',
      versionRecord(1_500_000_000_250),
      '1800000000000000a37f4b2209000010c00b5ad6411a0d627261696e2e4576656e743a32130a0322',
    ],
    [
      'a resumption',
      resumptionRecord({ time: 1500, step: 19 }),
      '0f000000000000006d532b0909000000000000f83f10133a020801286dab3c',
    ],
    [
      'two values at a large step',
      scalarsRecord({ time: 1500, step: 2 ** 40 + 1, values: { loss: 0.1, 'épreuve/1': -3 } }),
      '3200000000000000241956ec09000000000000f83f108180808080202a200a0b0a046c6f737315cdcccc3d0a110a0ac3a97072657576652f3115000040c081f5c52d',
    ],
    [
      'a long tag, and a value that is no number',
      scalarsRecord({ time: 1000, step: 300, values: { [`batch_${'x'.repeat(200)}`]: Number.NaN } }),
      `e800000000000000fdc4c2bf09000000000000f03f10ac022ad9010ad6010ace0162617463685f${'78'.repeat(200)}150000c07f25c66ed0`,
    ],
  ])('are those of TensorFlow: %s', (_, record, expected) => {
    expect(record.toString('hex')).toBe(expected);
  });
});

describe('crc32c', () => {
  /** RFC 3720, B.4; the checksum of the digits is the polynomial's usual check value. */
  it.each([
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['rising bytes', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['digits', Buffer.from('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(), 0],
  ])('is the published one of %s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });
});
