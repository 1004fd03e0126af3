import type { Picture } from '../filters/picture.js';
import type { SentPicture } from './sentPicture.js';

/** A picture with what stands below it. */
export interface NamedPicture {
  readonly name: string;
  readonly picture: Picture;
}

/** The latest pictures that together take no more than so many bytes, and the last one in any case. */
export class KeptPictures {
  private pictures: NamedPicture[] = [];
  private bytes = 0;

  constructor(private readonly limit: number) {}

  add(named: NamedPicture): void {
    this.pictures.push(named);
    this.bytes += named.picture.data.byteLength;
    while (this.bytes > this.limit && this.pictures.length > 1) {
      this.bytes -= this.pictures.shift()!.picture.data.byteLength;
    }
  }

  clear(): void {
    this.pictures = [];
    this.bytes = 0;
  }

  /** The latest last. */
  all(): readonly NamedPicture[] {
    return this.pictures;
  }
}

export function sentPicture({ name, picture }: NamedPicture): SentPicture {
  const { data, rows, columns, channels } = picture;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
  return { name, rows, columns, channels, bytes };
}
