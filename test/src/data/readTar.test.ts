import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTar } from '../../../src/data/readTar.js';
import { FileFormatError } from '../../../src/error/fileFormatError.js';
import { tar } from './tar.js';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

describe('readTar', () => {
  it('gives back the files of an archive, whatever their sizes', () => {
    const contents = fc.array(fc.uint8Array({ maxLength: 1500 }), { maxLength: 5 });
    fc.assert(
      fc.property(contents, files => {
        const read = readTar(tar(...files.map((content, i) => ({ name: `f${i}`, content }))), 'a.tar');
        expect([...read]).toEqual(files.map((content, i) => [`f${i}`, content]));
      }),
      { numRuns: 50 },
    );
  });

  it('joins a long path, and knows files of the old type', () => {
    const read = readTar(
      tar({ name: 'data.bin', prefix: 'deep/folder', content: bytes('x') }, { name: 'old', type: '\0' }),
      'a.tar',
    );
    expect([...read.keys()]).toEqual(['deep/folder/data.bin', 'old']);
  });

  it('leaves out folders and links, and what follows the end', () => {
    const archive = tar(
      { name: 'folder/', type: '5' },
      { name: 'link', type: '2' },
      { name: 'file', content: bytes('x') },
    );
    expect([...readTar(Buffer.concat([archive, Buffer.from('rubbish')]), 'a.tar').keys()]).toEqual(['file']);
  });

  const whole = tar({ name: 'data.bin', content: bytes('x'.repeat(600)) });
  it.each<[string, Uint8Array, string]>([
    ['empty', new Uint8Array(0), 'cut short after 0 bytes'],
    ['cut within a header', whole.subarray(0, 500), 'cut short after 500 bytes'],
    ['cut within a file', whole.subarray(0, 1000), "cut short: 'data.bin' takes 600 bytes, but 488 are left"],
    ['without its end', whole.subarray(0, 1536), 'cut short after 1536 bytes'],
    ['something else', Buffer.alloc(2048, 'x'), 'no tar header at byte 0'],
    [
      'a good file of another kind',
      Buffer.alloc(2048, 'x'),
      'no tar header at byte 0. Name a tar archive, or the folder',
    ],
    ['changed in a header', whole.map((byte, i) => (i === 3 ? byte + 1 : byte)), 'no tar header at byte 0'],
    ['without a size', tar({ name: 'big', size: 'no number' }), "no size of 'big' at byte 0"],
    ['of a negative size', tar({ name: 'big', size: '-1' }), "no size of 'big' at byte 0"],
  ])('refuses an archive that is %s', (_, archive, message) => {
    expect(() => readTar(archive, 'a.tar')).toThrow(FileFormatError);
    expect(() => readTar(archive, 'a.tar')).toThrow(`a.tar: ${message}`);
  });
});
