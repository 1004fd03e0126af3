import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { jpegHeader } from '../../../src/picture/jpegHeader.js';

const picture = () => sharp(new Uint8Array(5 * 4 * 3), { raw: { width: 5, height: 4, channels: 3 } });

describe('jpegHeader', () => {
  it('reads size, colours and orientation', async () => {
    expect(jpegHeader(await picture().jpeg().toBuffer())).toEqual({
      ...{ rows: 4, columns: 5, components: 3, precision: 8, orientation: 1, hasProfile: false },
    });
    expect(jpegHeader(await picture().toColourspace('b-w').jpeg({ progressive: true }).toBuffer())?.components).toBe(1);
    expect(jpegHeader(await picture().toColourspace('cmyk').jpeg().toBuffer())?.components).toBe(4);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('reads orientation %i', async orientation => {
    const bytes = await picture()
      .withExif({ IFD0: { Make: 'x' } })
      .withMetadata({ orientation })
      .jpeg()
      .toBuffer();
    expect(jpegHeader(bytes)?.orientation).toBe(orientation);
  });

  it('sees a colour space of its own', async () => {
    expect(jpegHeader(await picture().withIccProfile('p3').jpeg().toBuffer())?.hasProfile).toBe(true);
  });

  it('gives nothing for other files, and never throws, wherever a file ends', async () => {
    const bytes = await picture().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    for (let length = 0; length < bytes.length; length++) jpegHeader(bytes.subarray(0, length));
    expect(jpegHeader(bytes.subarray(0, 100))).toBeUndefined();
    expect(jpegHeader(await picture().png().toBuffer())).toBeUndefined();
    for (let at = 2; at < bytes.length; at++) {
      const odd = Buffer.from(bytes);
      odd[at] ^= 0xff;
      jpegHeader(odd);
    }
  });
});
