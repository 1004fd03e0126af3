import { describe, expect, it } from 'vitest';
import { parseBmp } from '../../../src/picture/parseBmp.js';
import { parsePpm } from '../../../src/picture/parsePpm.js';
import { sharpPicture } from '../../../src/picture/sharpPicture.js';

/** 2 rows, 3 columns. */
const COLOURS = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 200, 150, 100, 255, 255, 255];
const GREYS = [76, 150, 29, 18, 159, 255];

/** The same picture in files that Pillow 12 wrote. */
const FILES: Readonly<Record<string, string>> = {
  'BMP of 24 bits':
    'Qk1OAAAAAAAAADYAAAAoAAAAAwAAAAIAAAABABgAAAAAABgAAADEDgAAxA4AAAAAAAAAAAAAHhQKZJbI////AAAAAAD/AP8A/wAAAAAA',
  'BMP of 32 bits':
    'Qk1OAAAAAAAAADYAAAAoAAAAAwAAAAIAAAABACAAAAAAABgAAADEDgAAxA4AAAAAAAAAAAAAHhQKCWSWyGP////HAAD/AAD/AID/AAD/',
  'BMP with a palette':
    'Qk1WAAAAAAAAAE4AAAAoAAAAAwAAAAIAAAABAAgAAAAAAAgAAADEDgAAxA4AAAYAAAAGAAAA////AGSWyAAA/wAAHhQKAAAA/wD/AAAAAwEAAAQCBQA=',
  PPM: 'UDYKMyAyCjI1NQr/AAAA/wAAAP8KFB7IlmT///8=',
};
const bytesOf = (name: string): Uint8Array => new Uint8Array(Buffer.from(FILES[name], 'base64'));

async function pixelsOf(bytes: Uint8Array, channels: 1 | 3 | 4 = 3): Promise<number[]> {
  const { rows, columns, copyTo } = await sharpPicture(bytes, { channels, maxPixels: 100 });
  const target = new Uint8Array(rows * columns * channels);
  copyTo(target);
  return Array.from(target);
}

const ppm = (head: string, ...values: number[]): Uint8Array =>
  Uint8Array.from([...Buffer.from(head, 'latin1'), ...values]);

describe.each(Object.keys(FILES))('%s', name => {
  it('is read in colours, in grey as Pillow makes it, and opaque', async () => {
    expect(await pixelsOf(bytesOf(name))).toEqual(COLOURS);
    expect(await pixelsOf(bytesOf(name), 1)).toEqual(GREYS);
    expect((await pixelsOf(bytesOf(name), 4)).filter((_, i) => i % 4 === 3)).toEqual([255, 255, 255, 255, 255, 255]);
  });

  it('says where it is cut short, wherever that is', async () => {
    const bytes = bytesOf(name);
    for (let length = 2; length < bytes.length - 3; length++) {
      await expect(pixelsOf(bytes.subarray(0, length)), `${length} bytes`).rejects.toThrow(
        /cut short|expected a binary/,
      );
    }
  });

  it('refuses more pixels than allowed before it makes room for them', async () => {
    await expect(sharpPicture(bytesOf(name), { channels: 3, maxPixels: 5 })).rejects.toThrow(
      'it has 3 × 2 pixels, more than maxPixels (5)',
    );
  });
});

describe('parseBmp', () => {
  it('reads one bit a pixel', async () => {
    const bytes = Buffer.from(
      'Qk1GAAAAAAAAAD4AAAAoAAAAAwAAAAIAAAABAAEAAAAAAAgAAADEDgAAxA4AAAIAAAACAAAAAAAAAP///wBgAAAAQAAAAA==',
      'base64',
    );
    expect(await pixelsOf(new Uint8Array(bytes), 1)).toEqual([0, 255, 0, 0, 255, 255]);
  });

  it('reads rows from the top where the height is negative', () => {
    const bytes = bytesOf('BMP of 24 bits');
    new DataView(bytes.buffer).setInt32(22, -2, true);
    expect(Array.from(parseBmp(bytes, 100)?.data ?? [])).toEqual([...COLOURS.slice(9), ...COLOURS.slice(0, 9)]);
  });

  it('names the kind that it does not read', () => {
    const bytes = bytesOf('BMP with a palette');
    new DataView(bytes.buffer).setUint32(30, 1, true);
    expect(() => parseBmp(bytes, 100)).toThrow('it is a BMP of 8 bits and compression 1, expected an uncompressed one');
  });

  it('takes any bytes for a picture or says why not', () => {
    for (const name of Object.keys(FILES).filter(name => name.startsWith('BMP'))) {
      for (let at = 2; at < bytesOf(name).length; at++) {
        for (const value of [0, 1, 127, 255]) {
          const bytes = bytesOf(name);
          bytes[at] = value;
          try {
            parseBmp(bytes, 100);
          } catch (error) {
            expect((error as Error).message).toMatch(/^it(s size)? (is|has) /);
          }
        }
      }
    }
  });
});

describe('parsePpm', () => {
  it('takes comments, other white space and fewer levels', () => {
    expect(parsePpm(ppm('P5 # grey\n#\n2\t1\n15\n', 0, 15), 100)).toEqual({
      ...{ rows: 1, columns: 2, channels: 1 },
      data: Uint8Array.of(0, 255),
    });
  });

  it.each([
    ['P3\n1 1\n255\n255 0 0\n', 'it is a P3 file, expected a binary one'],
    ['P6\n1 1\n65535\n', 'it has 65535 levels, expected 1 to 255'],
    ['P6\n0 1\n255\n', 'its size is 0 × 1 pixels'],
  ])('says what is wrong with %j', (head, problem) => {
    expect(() => parsePpm(ppm(head, 1, 2, 3), 100)).toThrow(problem);
  });
});

/** Written by Pillow 13, and the colours that it makes of them. */
describe('a picture in print colours', () => {
  const tiff =
    'SUkqAAgAAAAKAAABBAABAAAABAAAAAEBBAABAAAAAQAAAAIBAwAEAAAAhgAAAAMBAwABAAAAAQAAAAYBAwABAAAABQAAABEBBAABAAAAjgAAABUBAwABAAAABAAAABYBBAABAAAAAQAAABcBBAABAAAAEAAAABwBAwABAAAAAQAAAAAAAAAIAAgACAAIAArIHigAAAD/////AA1Nx4U=';
  const jpeg =
    '/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwD+kCvP6/k/r+/iv//Z';

  it.each([
    [1, [111, 0, 0, 88]],
    [3, [207, 46, 190, 0, 0, 0, 0, 0, 0, 116, 85, 27]],
    [4, [207, 46, 190, 255, 0, 0, 0, 255, 0, 0, 0, 255, 116, 85, 27, 255]],
  ] as const)("has Pillow's colours in %d channels", async (channels, expected) => {
    expect(await pixelsOf(Buffer.from(tiff, 'base64'), channels)).toEqual(expected);
  });

  it('has them in a JPEG, too', async () => {
    expect((await pixelsOf(Buffer.from(jpeg, 'base64'))).slice(0, 3)).toEqual([200, 120, 40]);
  });

  it('is refused as a TIFF in YCbCr, whose brightness would be its red', async () => {
    const bytes = Buffer.from(tiff, 'base64');
    const photometric = bytes.indexOf(Uint8Array.of(0x06, 0x01, 3, 0, 1, 0, 0, 0, 5)) + 8;
    bytes[photometric] = 6;
    await expect(pixelsOf(bytes)).rejects.toThrow('YCbCr outside of JPEG: save it as RGB');
  });
});
