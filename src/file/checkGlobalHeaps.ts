import { readSync } from 'node:fs';

const SIGNATURE = 'GCOL';
const HEADER_BYTES = 16;
const PIECE_BYTES = 1024 * 1024;

/**
 * Whether every global heap of an HDF5 file, where texts are kept, can be walked through to its end. The library walks for
 * ever where a piece of one claims to have no length, so that this has to be known before it opens the file.
 *
 * Source: HDF5 File Format Specification, section III.E; `H5HG__cache_heap_deserialize` in H5HGcache.c.
 *
 * @param descriptor of the file, open for reading
 */
export function checkGlobalHeaps(descriptor: number, fileBytes: number): boolean {
  const piece = Buffer.alloc(PIECE_BYTES + SIGNATURE.length - 1);
  for (let from = 0; from < fileBytes; from += PIECE_BYTES) {
    const bytes = piece.subarray(0, readSync(descriptor, piece, 0, piece.length, from));
    for (let at = bytes.indexOf(SIGNATURE); at >= 0; at = bytes.indexOf(SIGNATURE, at + 1)) {
      if (!endsSomewhere(descriptor, from + at, fileBytes)) return false;
    }
  }
  return true;
}

function endsSomewhere(descriptor: number, start: number, fileBytes: number): boolean {
  const header = Buffer.alloc(HEADER_BYTES);
  const readHeader = (at: number): Buffer => {
    readSync(descriptor, header, 0, HEADER_BYTES, start + at);
    return header;
  };
  const version = readHeader(0)[SIGNATURE.length];
  const size = Number(header.readBigUInt64LE(8));
  // Numbers of an array may spell the signature.
  if (version !== 1 || start + size > fileBytes) return true;
  for (let at = HEADER_BYTES; at + HEADER_BYTES <= size; ) {
    const index = readHeader(at).readUInt16LE(0);
    const length = Number(header.readBigUInt64LE(8));
    const step = index === 0 ? length : HEADER_BYTES + 8 * Math.ceil(length / 8);
    if (step === 0) return false;
    at += step;
  }
  return true;
}
