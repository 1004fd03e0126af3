import { describe, expect, it } from 'vitest';
import { csvLog } from '../../../src/file/csv.js';

describe('csvLog', () => {
  it('has the sorted names of the first epoch, and val_ names for a validation that comes later', () => {
    expect(csvLog({ loss: 1, accuracy: 1, val_loss: 1 }).header).toBe('epoch,accuracy,loss,val_loss\r\n');
    expect(csvLog({ loss: 1, learning_rate: 1 }).header).toBe(
      'epoch,learning_rate,loss,val_learning_rate,val_loss\r\n',
    );
  });

  it('sorts names by code point, as Python does', () => {
    expect(csvLog({ '😀': 1, ﬀ: 1, é: 1, z: 1, val_z: 1 }).header).toBe('epoch,val_z,z,é,ﬀ,😀\r\n');
  });

  it('writes NA for what is missing and drops what came later', () => {
    expect(csvLog({ loss: 1, val_loss: 1 }).row(3, { loss: 2, extra: 1 })).toBe('3,2.0,NA\r\n');
  });

  it('quotes what holds the separator or a quote', () => {
    expect(csvLog({ 'a;b': 1, 'a"c': 2, val_a: 0 }, ';').header).toBe('epoch;"a""c";"a;b";val_a\r\n');
    expect(csvLog({ all: [1, 2], val_a: 0 }).row(0, { all: [1, 2.5] })).toBe('0,"""[1.0, 2.5]""",NA\r\n');
  });

  it.each(['', ';;', '"', '\n'])('refuses %j as a separator', separator => {
    expect(() => csvLog({}, separator)).toThrow(/separator/);
  });
});
