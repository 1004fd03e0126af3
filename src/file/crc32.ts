import * as zlib from 'node:zlib';

/** Node's own, from 20.15 on, is many times faster. */
const native = (zlib as { readonly crc32?: Checksum }).crc32;

/**
 * An unsigned number.
 *
 * @param previous checksum of the bytes before, to go on from
 */
type Checksum = (bytes: Uint8Array, previous?: number) => number;

/** As {@link crc32}, byte by byte. */
export const crc32Table = byTable(0xedb88320);

/** The checksum of zip files: CRC-32 of IEEE 802.3. */
export const crc32: Checksum = native ?? crc32Table;

/** The checksum of TensorFlow's records: CRC-32C of Castagnoli, RFC 3720. */
export const crc32c: Checksum = byTable(0x82f63b78);

/** By a polynomial, its bits turned round. */
function byTable(polynomial: number): Checksum {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    return crc;
  });
  return (bytes, previous = 0) => {
    let crc = ~previous;
    for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
    return ~crc >>> 0;
  };
}
