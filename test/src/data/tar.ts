export interface Member {
  readonly name: string;
  readonly content?: Uint8Array;
  readonly type?: string;
  readonly prefix?: string;
  readonly size?: string;
}

const END = Buffer.alloc(1024);

/** A header as POSIX has it, then the content, filled up to a whole block. */
function member({ name, content = new Uint8Array(0), type = '0', prefix, size }: Member): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(size ?? `${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  if (prefix !== undefined) {
    header.write('ustar\x0000', 257);
    header.write(prefix, 345);
  }
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** A tar archive with these members. */
export const tar = (...members: Member[]): Uint8Array => new Uint8Array(Buffer.concat([...members.map(member), END]));
