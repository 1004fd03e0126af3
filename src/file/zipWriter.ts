import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { Zip, ZipPassThrough } from 'fflate';

/** A zip file being written, entry after entry, stored as Keras stores them: weights don't shrink. */
export class ZipWriter {
  private readonly sink: WriteStream;
  private readonly zip: Zip;
  private failure: Error | null = null;

  constructor(path: string) {
    this.sink = createWriteStream(path);
    this.sink.on('error', error => {
      this.failure ??= error;
    });
    this.zip = new Zip((error, chunk) => {
      if (error !== null) this.failure ??= error;
      else this.sink.write(chunk);
    });
  }

  async text(name: string, content: string): Promise<void> {
    await this.add(name, [new TextEncoder().encode(content)]);
  }

  /** Copies a file into the zip, a piece at a time. */
  async file(name: string, path: string): Promise<void> {
    await this.add(name, createReadStream(path));
  }

  async close(): Promise<void> {
    this.zip.end();
    this.sink.end();
    if (this.failure === null) await once(this.sink, 'close');
    if (this.failure !== null) throw this.failure;
  }

  private async add(name: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const entry = new ZipPassThrough(name);
    this.zip.add(entry);
    for await (const chunk of chunks) {
      entry.push(chunk);
      if (this.sink.writableNeedDrain) await once(this.sink, 'drain');
    }
    entry.push(new Uint8Array(0), true);
  }
}
