import { describe, expect, it } from 'vitest';
import { PictureSlots } from '../../../src/picture/pictureSlots.js';

describe('PictureSlots', () => {
  it('gives each picture memory of its own that threads share', () => {
    const slots = new PictureSlots(100);
    const [a, b] = [slots.take(40), slots.take(40)];
    expect(a?.pixels).toHaveLength(40);
    expect(a?.pixels.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(b?.pixels.buffer).not.toBe(a?.pixels.buffer);
    expect(b?.number).not.toBe(a?.number);
  });

  it('has none left where all bytes are taken', () => {
    const slots = new PictureSlots(100);
    slots.take(40);
    slots.take(60);
    expect(slots.take(1)).toBeUndefined();
    expect(new PictureSlots(100).take(101)).toBeUndefined();
  });

  it('gives what was released again, and nothing that was not', () => {
    const slots = new PictureSlots(100);
    const [a, b] = [slots.take(50), slots.take(50)];
    slots.release(b?.number ?? 0);
    expect(slots.take(50)).toBe(b);
    expect(slots.take(50)).toBeUndefined();
    slots.release(a?.number ?? 0);
    expect(slots.take(50)).toBe(a);
  });

  it('gives up free memory of another size for what is needed now', () => {
    const slots = new PictureSlots(100);
    const [a, b] = [slots.take(50), slots.take(50)];
    slots.release(a?.number ?? 0);
    expect(slots.take(51)).toBeUndefined();
    slots.release(b?.number ?? 0);
    expect(slots.take(51)?.pixels).toHaveLength(51);
    expect(slots.take(50)).toBeUndefined();
    expect(slots.take(49)?.pixels).toHaveLength(49);
  });

  it('takes no notice where a picture is done with whose memory was given up', () => {
    const slots = new PictureSlots(50);
    const a = slots.take(50);
    slots.release(a?.number ?? 0);
    expect(slots.take(20)).toBeDefined();
    slots.release(a?.number ?? 0);
    expect(slots.take(50)).toBeUndefined();
  });
});
