import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable, Transform, type TransformCallback, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { FileFormatError } from '../error/fileFormatError.js';
import { crc32 } from './crc32.js';

/** Source: PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16. */
const LOCAL_HEADER = { signature: 0x04034b50, bytes: 30 };
const DIRECTORY_ENTRY = { signature: 0x02014b50, bytes: 46 };
const DIRECTORY_END = { signature: 0x06054b50, bytes: 22, maxComment: 65_535 };
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
/** A model has a handful of entries; assets may add some thousands. */
const MAX_DIRECTORY_BYTES = 16 * 1024 * 1024;
/** Deflate can't shrink data further than this. */
const MAX_COMPRESSION = 1032;
/** What is unpacked onto the disk. Keras stores weights as they are, and they hardly shrink; so much is no harm in any case. */
const EXTRACTED = { bytes: 64 * 1024 * 1024, compression: 20 };

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly storedBytes: number;
  readonly bytes: number;
  readonly headerAt: number;
}

/**
 * A zip file open for reading. Nothing is unpacked on opening, no size is believed before the bytes have come, and every
 * entry's checksum is compared. A file with an entry that climbs out of its folder is refused whole.
 *
 * Limits: 4 GB (no zip64), no encryption, entries stored or deflated.
 */
export class ZipReader {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly entries: ReadonlyMap<string, Entry>,
    /** Names the file in messages. */
    readonly origin: string,
  ) {}

  /** @throws FileFormatError where the file isn't a whole zip file, or a hostile one */
  static async open(path: string, origin: string = basename(path)): Promise<ZipReader> {
    const file = await open(path);
    try {
      return new ZipReader(path, file, await readDirectory(file, origin), origin);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  /**
   * The text of an entry.
   *
   * @throws FileFormatError where it isn't there, is damaged, or unpacks to more than `maxBytes`
   */
  async text(name: string, maxBytes: number): Promise<string> {
    const chunks: Buffer[] = [];
    const collect = new Writable({
      write(chunk: Buffer, _, done) {
        chunks.push(chunk);
        done();
      },
    });
    await this.unpack(name, maxBytes, () => collect);
    return Buffer.concat(chunks).toString('utf8');
  }

  /**
   * Unpacks an entry into a file of its own.
   *
   * @throws FileFormatError where it isn't there, is damaged, or is far larger than what is stored of it
   * @throws the system's error where `to` can't be written
   */
  async extract(name: string, to: string): Promise<void> {
    const stored = this.entries.get(name)?.storedBytes ?? 0;
    const limit = Math.max(EXTRACTED.bytes, EXTRACTED.compression * stored);
    await this.unpack(name, limit, () => createWriteStream(to));
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async unpack(name: string, maxBytes: number, sink: () => Writable): Promise<void> {
    const entry = this.entries.get(name);
    if (entry === undefined) {
      throw new FileFormatError(`${this.origin}: there is no ${name} in it (it holds: ${[...this.entries.keys()]}).`);
    }
    const fail = (problem: string): FileFormatError => new FileFormatError(`${this.origin}: ${name}: ${problem}.`);
    if (entry.bytes > maxBytes) throw fail(`it says it has ${entry.bytes} bytes; the limit is ${maxBytes}`);
    if (entry.method !== STORED && entry.method !== DEFLATED) {
      throw fail(`compressed by method ${entry.method}; only stored and deflated entries can be read`);
    }
    const header = await readAt(this.file, entry.headerAt, LOCAL_HEADER.bytes);
    if (header.length < LOCAL_HEADER.bytes || header.readUInt32LE(0) !== LOCAL_HEADER.signature) {
      throw fail('its header is damaged');
    }
    const start = entry.headerAt + LOCAL_HEADER.bytes + header.readUInt16LE(26) + header.readUInt16LE(28);
    const source =
      entry.storedBytes === 0
        ? Readable.from([])
        : createReadStream(this.path, { start, end: start + entry.storedBytes - 1 });
    const check = new CheckedStream(entry, fail);
    try {
      if (entry.method === DEFLATED) await pipeline(source, createInflateRaw(), check, sink());
      else await pipeline(source, check, sink());
    } catch (error) {
      // The system's own complaint, such as that of a full disk, is about no damage of the file.
      if (error instanceof FileFormatError || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
      throw fail(`damaged (${(error as Error).message})`);
    }
  }
}

/** Lets bytes through while there are no more than the directory says, and compares length and checksum at the end. */
class CheckedStream extends Transform {
  private bytes = 0;
  private crc = 0;

  constructor(
    private readonly entry: Entry,
    private readonly fail: (problem: string) => FileFormatError,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    this.crc = crc32(chunk, this.crc);
    if (this.bytes > this.entry.bytes)
      done(this.fail(`it unpacks to more than the ${this.entry.bytes} bytes it claims`));
    else done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    if (this.bytes !== this.entry.bytes) done(this.fail(`${this.bytes} bytes, where ${this.entry.bytes} are claimed`));
    else if (this.crc !== this.entry.crc) done(this.fail('its checksum is wrong: the file is damaged'));
    else done();
  }
}

async function readDirectory(file: FileHandle, origin: string): Promise<Map<string, Entry>> {
  const fail = (problem: string): FileFormatError => new FileFormatError(`${origin}: ${problem}.`);
  const fileBytes = (await file.stat()).size;
  const tailBytes = Math.min(fileBytes, DIRECTORY_END.bytes + DIRECTORY_END.maxComment);
  const tail = await readAt(file, fileBytes - tailBytes, tailBytes);
  let endAt = tail.length - DIRECTORY_END.bytes;
  while (endAt >= 0 && tail.readUInt32LE(endAt) !== DIRECTORY_END.signature) endAt--;
  if (endAt < 0) {
    const isHdf5 = (await readAt(file, 0, 4)).toString('latin1') === '\x89HDF';
    const hint = isHdf5 ? '. It is an HDF5 file: name it .h5, or .weights.h5 where it holds weights alone' : '';
    throw fail(`not a zip file, or a cut one: ${fileBytes} bytes without a zip directory at their end${hint}`);
  }

  const count = tail.readUInt16LE(endAt + 10);
  const directoryBytes = tail.readUInt32LE(endAt + 12);
  const directoryAt = tail.readUInt32LE(endAt + 16);
  if (count === 0xffff || directoryAt === 0xffffffff)
    throw fail('zip files of more than 4 GB (zip64) are not supported');
  if (directoryBytes > MAX_DIRECTORY_BYTES || directoryAt + directoryBytes > fileBytes) {
    throw fail(`damaged: its directory claims ${directoryBytes} bytes from byte ${directoryAt} on`);
  }

  const directory = await readAt(file, directoryAt, directoryBytes);
  const entries = new Map<string, Entry>();
  for (let at = 0, i = 0; i < count; i++) {
    if (at + DIRECTORY_ENTRY.bytes > directory.length || directory.readUInt32LE(at) !== DIRECTORY_ENTRY.signature) {
      throw fail(`damaged: entry ${i} of its directory`);
    }
    const nameBytes = directory.readUInt16LE(at + 28);
    const nameAt = at + DIRECTORY_ENTRY.bytes;
    const entry: Entry = {
      name: directory.toString('utf8', nameAt, nameAt + nameBytes),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      storedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      headerAt: directory.readUInt32LE(at + 42),
    };
    const { name } = entry;
    if (/^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)|\0/.test(name)) {
      throw fail(`refused: the entry '${name}' leads out of the file's own folder`);
    }
    if (directory.readUInt16LE(at + 8) & ENCRYPTED) throw fail(`the entry '${name}' is encrypted`);
    if (entries.has(name)) throw fail(`damaged: two entries are called '${name}'`);
    if (entry.headerAt + entry.storedBytes > fileBytes) throw fail(`cut: the entry '${name}' ends outside`);
    const most = entry.method === STORED ? entry.storedBytes : entry.storedBytes * MAX_COMPRESSION;
    if (entry.bytes > most) {
      throw fail(`refused: the entry '${name}' claims ${entry.bytes} bytes, but only ${entry.storedBytes} are stored`);
    }
    entries.set(name, entry);
    at = nameAt + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
