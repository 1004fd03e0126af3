import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { doubleField, floatField, Message, messageField, textField, varintField } from '../../../src/file/protobuf.js';

describe("protocol buffers' encoding", () => {
  it('is that of its documentation', () => {
    const a = varintField(1, 150);
    expect(a.toString('hex')).toBe('089601');
    expect(textField(2, 'testing').toString('hex')).toBe('120774657374696e67');
    expect(messageField(3, [a]).toString('hex')).toBe('1a03089601');
  });

  it('gives back every number, in the fewest bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.maxSafeNat(), (field, value) => {
        expect(new Message(varintField(field, value)).number(field)).toBe(value);
      }),
    );
    for (const [value, bytes] of [
      [127, 1],
      [128, 2],
      [16_383, 2],
      [16_384, 3],
    ]) {
      expect(varintField(1, value)).toHaveLength(1 + bytes);
      expect(new Message(varintField(1, value)).number(1)).toBe(value);
    }
  });

  it('gives back texts and repeated messages, between fields that are passed over', () => {
    const inner = (name: string, count: number) => messageField(2, [textField(1, name), varintField(2, count)]);
    const long = 'größe '.repeat(40);
    const bytes = Buffer.concat([doubleField(1, 0.1), inner(long, 300), floatField(1, 0.1), inner('', 0)]);
    const inners = new Message(bytes).messages(2);
    expect(inners.map(message => [message.text(1), message.number(2)])).toEqual([
      [long, 300],
      ['', 0],
    ]);
  });

  it('has nothing where a field is not there, or is of another kind', () => {
    const message = new Message(Buffer.concat([varintField(1, 5), textField(2, 'x')]));
    expect([message.number(3), message.text(3), message.messages(3)]).toEqual([0, '', []]);
    expect([message.number(2), message.text(1), message.messages(1)]).toEqual([0, '', []]);
  });

  it('is refused where a field is encoded in no way that there is', () => {
    expect(() => new Message(Uint8Array.of(0x0f))).toThrow(
      new RangeError("A message in protocol buffers' encoding has the unknown wire type 7."),
    );
  });
});
