import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sampleOf } from '../../../operators/testing/samples.js';
import type { ValueBatch } from '../../../src/data/batch.js';
import { type ImageListOptions, imageList } from '../../../src/data/imageList.js';
import { parseCsv } from '../../../src/data/parseCsv.js';
import { toBatch } from '../../../src/data/toBatch.js';
import { FileFormatError } from '../../../src/error/fileFormatError.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradstream-list-'));
  for (const grey of [10, 20]) {
    const picture = sharp(Uint8Array.of(grey), { raw: { width: 1, height: 1, channels: 1 } });
    await writeFile(join(folder, `${grey}.png`), await picture.png().toBuffer());
  }
  await writeFile(join(folder, 'bad.png'), 'no picture');
  await mkdir(join(folder, 'folder.png'));
});
afterAll(() => rm(folder, { recursive: true }));

const ONE: ImageListOptions = { targetSize: [1, 1], colorMode: 'grayscale' };
const listed = async (content: string, options: ImageListOptions = {}, name = 'list.csv') => {
  await writeFile(join(folder, name), content);
  return imageList(join(folder, name), { ...ONE, ...options });
};

describe('parseCsv', () => {
  it.each([
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r\n\r\n1,',
      [
        ['a', 'b'],
        ['1', ''],
      ],
    ],
    [
      '"a,""x""",b\n"two\nlines",',
      [
        ['a,"x"', 'b'],
        ['two\nlines', ''],
      ],
    ],
    [
      'a,b\r1,"two\rlines"\r\r3,\r',
      [
        ['a', 'b'],
        ['1', 'two\rlines'],
        ['3', ''],
      ],
    ],
    ['', []],
  ])('reads %j', (text, lines) => {
    expect(parseCsv(text, 'f')).toEqual(lines);
  });

  it.each(['a\n"b', 'a\nb"c"', 'a\n"b"c'])('refuses %j and names the line', text => {
    expect(() => parseCsv(text, 'f.csv')).toThrow(FileFormatError);
    expect(() => parseCsv(text, 'f.csv')).toThrow('f.csv: line 2 has a quote');
  });

  it('reads a long field, and refuses a quote that is open over a long list', () => {
    const rows = 'picture.jpg,dog\n'.repeat(1e6);
    expect(parseCsv(`a,"${rows}"\n`, 'f.csv')).toEqual([['a', rows]]);
    expect(() => parseCsv(`a,b\n"${rows}`, 'f.csv')).toThrow('f.csv: line 2 has a quote');
    expect(parseCsv(rows, 'f.csv')).toHaveLength(1e6);
  });
});

describe('imageList', () => {
  it.each([
    ['list.csv', 'filename,class\n20.png,dog\n10.png,cat\n'],
    ['list.jsonl', '{"filename":"20.png","class":"dog"}\n\n{"filename":"10.png","class":"cat"}\n'],
  ])('reads the rows of %s in their order, the classes in theirs', async (name, content) => {
    const source = await listed(content, { rescale: 0.5 }, name);
    expect(source).toMatchObject({
      size: 2,
      inputShape: [1, 1, 1],
      classNames: ['cat', 'dog'],
      scaling: { scale: 0.5 },
    });
    expect(await source.read(0)).toEqual({ x: Uint8Array.of(20), y: Float32Array.of(0, 1) });
  });

  it('takes absolute paths as they are, whatever the folder', async () => {
    const content = `filename,class\n${join(folder, '20.png')},dog\n`;
    for (const options of [{}, { directory: join(folder, 'elsewhere') }]) {
      expect((await (await listed(content, options)).read(0)).x).toEqual(Uint8Array.of(20));
    }
  });

  it.each(['list.csv', 'list.jsonl'])('passes over a byte order mark before %s', async name => {
    const content = name === 'list.csv' ? 'filename,class\n10.png,a\n' : '{"filename":"10.png","class":"a"}\n';
    expect((await listed(`\uFEFF${content}`, {}, name)).classNames).toEqual(['a']);
  });

  it('takes numbers as they are, and weights', async () => {
    const content = 'file,a,b,w\n10.png,1.5,-2,0.25\n';
    const options: ImageListOptions = { xCol: 'file', yCol: ['a', 'b'], weightCol: 'w', classMode: 'raw' };
    expect(await (await listed(content, options)).read(0)).toMatchObject({ y: Float32Array.of(1.5, -2), weight: 0.25 });
    expect((await (await listed(content, { ...options, yCol: 'a' })).read(0)).y).toBe(1.5);
  });

  it('takes columns for further inputs and outputs', async () => {
    const content = 'filename,class,rooms,age,price\n10.png,a,3,40,1.5\n';
    const aux = {
      inputs: { facts: ['rooms', 'age'], age: 'age' },
      targets: { price: 'price', both: ['price', 'age'] },
    };
    const expected = {
      inputs: { facts: Float32Array.of(3, 40), age: Float32Array.of(40) },
      targets: { price: 1.5, both: Float32Array.of(1.5, 40) },
    };
    expect((await (await listed(content, { aux, classMode: 'sparse' })).read(0)).aux).toEqual(expected);
    const missing = listed(content, { aux: { inputs: { facts: 'room' } }, classMode: 'sparse' });
    await expect(missing).rejects.toThrow(/in column 'room'. Columns: filename, class, rooms, age, price/);
  });

  it('needs no class column without labels', async () => {
    const source = await listed('filename\n10.png\n', { classMode: 'none' });
    expect((await source.read(0)).y).toBe(0);
    expect(source.classNames).toBeUndefined();
  });

  it("gives the picture itself as label in class mode 'input', scaled as it is", async () => {
    const source = await listed('filename\n10.png\n', { classMode: 'input', rescale: 0.5 });
    expect(source).toMatchObject({ targetShape: [1, 1, 1], targetScaling: { scale: 0.5 } });
    const sample = sampleOf({ source, example: await source.read(0) });
    expect((toBatch([sample]) as ValueBatch).y).toEqual({ data: Float32Array.of(5), shape: [1, 1, 1, 1] });
  });

  it('takes one column of numbers in a list for vectors of one', async () => {
    const source = await listed('filename,a\n10.png,1.5\n', { yCol: ['a'], classMode: 'raw' });
    expect((await source.read(0)).y).toEqual(Float32Array.of(1.5));
  });

  describe('several labels a picture', () => {
    const many = [
      { filename: '10.png', class: ['dog', 'ant', 'dog'] },
      { filename: '20.png', class: 'cat' },
      { filename: '10.png', class: [] },
    ];
    const lines = many.map(row => JSON.stringify(row)).join('\n');
    const labelsOf = async (options: ImageListOptions) => {
      const source = await listed(lines, options, 'many.jsonl');
      return Promise.all(
        source.filenames.map(async (name, row) => [name, ...((await source.read(row)).y as Float32Array)]),
      );
    };

    it('are 1, all others 0', async () => {
      expect(await labelsOf({})).toEqual([
        ['10.png', 1, 0, 1],
        ['20.png', 0, 1, 0],
        ['10.png', 0, 0, 0],
      ]);
    });

    it('count where their classes do; a picture with none of these is left out', async () => {
      expect(await labelsOf({ classes: ['dog', 'cat'] })).toEqual([
        ['10.png', 1, 0],
        ['20.png', 0, 1],
      ]);
    });

    it.each(['sparse', 'binary'] as const)("are refused by class mode '%s'", async classMode => {
      await expect(labelsOf({ classMode })).rejects.toThrow('has ["dog","ant","dog"] in column \'class\'');
    });
  });

  it('numbers given classes by their order, and leaves out rows of others', async () => {
    const content = 'filename,class\n10.png,a\n20.png,b\n10.png,c\n';
    const messages: string[] = [];
    const onMessage = (line: string) => messages.push(line);
    const source = await listed(content, { classes: ['c', 'a'], classMode: 'sparse', onMessage });
    expect(source).toMatchObject({ classNames: ['c', 'a'], filenames: ['10.png', '10.png'] });
    expect([(await source.read(0)).y, (await source.read(1)).y]).toEqual([1, 0]);
    expect(messages).toEqual([expect.stringContaining('1 rows')]);
    const whole = await listed(content, { classes: ['c', 'a', 'zebra', 'b'] });
    expect([whole.size, (await whole.read(0)).y]).toEqual([3, Float32Array.of(0, 1, 0, 0)]);
  });

  describe('validateFilenames', () => {
    const content = 'filename,class\nnowhere.png,a\n10.png,b\nlist.csv,c\nfolder.png,d\n20.png,e\n';

    it('leaves out what is no picture by its name or not there, with its classes, and says so', async () => {
      const messages: string[] = [];
      const source = await listed(content, { onMessage: line => messages.push(line) });
      expect(source).toMatchObject({ filenames: ['10.png', '20.png'], classNames: ['b', 'e'] });
      const named = ['nowhere.png', 'list.csv', 'folder.png'].map(name => expect.stringContaining(name));
      expect(messages).toEqual(named);
    });

    it('warns who asks for no messages', async () => {
      const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
      await listed(content);
      expect(warn.mock.calls).toEqual([[expect.stringContaining('Left out: 3 rows')]]);
      warn.mockRestore();
    });

    it('leaves all in where it is false', async () => {
      const source = await listed(content, { validateFilenames: false });
      expect(source.filenames).toHaveLength(5);
      await expect(source.read(0)).rejects.toThrow('nowhere.png');
    });

    it.skipIf(process.platform === 'win32')('waits for no pipe that it has taken for a file', async () => {
      execFileSync('mkfifo', [join(folder, 'pipe.png')]);
      const source = await listed('filename,class\npipe.png,x\n', { validateFilenames: false });
      await expect(source.read(0)).rejects.toThrow(/pipe\.png can't be read as a picture: it is a pipe or a device/);
    });

    it('refuses a list of which nothing is left, and tells where it has looked', async () => {
      const directory = join(folder, 'elsewhere');
      await expect(listed(content, { directory, onMessage: () => {} })).rejects.toThrow(`looked for in ${directory}`);
    });
  });

  describe('validationSplit', () => {
    const rows = Array.from({ length: 10 }, (_, i) => `${i % 2 === 0 ? 10 : 20}.png,${i}\n`);
    const content = `filename,class\nnowhere.png,x\n${rows.join('')}`;
    const partOf = async (subset: 'training' | 'validation', more: ImageListOptions = {}) => {
      const source = await listed(content, { validationSplit: 0.3, subset, onMessage: () => {}, ...more });
      const labels = await Promise.all(
        source.filenames.map(async (_, row) => (await source.read(row)).y as Float32Array),
      );
      expect(source.classNames).toHaveLength(10);
      return labels.map(y => y.indexOf(1));
    };

    it('sets the first rows that count aside, and numbers classes by all of them', async () => {
      expect(await partOf('validation')).toEqual([0, 1, 2]);
      expect(await partOf('training')).toEqual([3, 4, 5, 6, 7, 8, 9]);
    });

    it('draws them by a seed', async () => {
      const [validation, training] = [
        await partOf('validation', { splitSeed: 3 }),
        await partOf('training', { splitSeed: 3 }),
      ];
      expect([...validation, ...training].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(validation).toHaveLength(3);
      expect(validation).not.toEqual([0, 1, 2]);
    });

    it('refuses a part without pictures, which Keras 3.15 has', async () => {
      const none = { validationSplit: 0.05, subset: 'validation', onMessage: () => {} } as const;
      await expect(listed(content, none)).rejects.toThrow('names no picture for the validation');
      expect((await listed(content, { ...none, compat: 'keras-3.15' })).size).toBe(0);
    });
  });

  it('leaves rows out for Keras 3.15 though a class has none', async () => {
    const content = 'filename,class\n10.png,cow\n20.png,dog\n';
    const source = await listed(content, { classes: ['crow', 'dog'], compat: 'keras-3.15' });
    expect(source).toMatchObject({ filenames: ['20.png'], classNames: ['crow', 'dog'] });
    await expect(listed(content, { compat: 'keras-3' as 'keras-3.15' })).rejects.toThrow("Did you mean 'keras-3.15'?");
  });

  it('names a damaged file, or leaves it out and says so', async () => {
    const content = 'filename,class\nbad.png,a\n10.png,b\n';
    await expect((await listed(content)).read(0)).rejects.toThrow('bad.png');
    const messages: string[] = [];
    const rest = await listed(content, { onCorrupt: 'skip', onMessage: line => messages.push(line) });
    expect([rest.size, rest.classNames, messages.length]).toEqual([1, ['a', 'b'], 1]);
  });

  it.each<[string, ImageListOptions, string]>([
    ['name,class\n1.png,a\n', {}, "row 1 has undefined in column 'filename'. Columns: name, class"],
    ['filename,class\n1.png,\n', {}, 'row 1 has "" in column \'class\''],
    ['filename,class\n1.png,cow\n', { classes: ['crow', 'dog'] }, "'cow'. Did you mean 'crow'?"],
    ['filename,class\n1.png,x\n', { classMode: 'raw' }, 'has "x" in column \'class\''],
    ['filename,class\n1.png\n', {}, 'row 1 has 1 fields, but the header has 2'],
    ['filename,class\n', {}, 'names no picture'],
    ['filename,class\n10.png,a\n', { ycol: 'b' } as ImageListOptions, "Did you mean 'yCol'?"],
    ['filename,class\n10.png,a\n', { classes: ['a', 'b', 'a'] }, "'a' stands in classes twice"],
    ['filename,a,b\n10.png,1,2\n', { yCol: ['a', 'b'] }, "yCol names 2 columns with class mode 'categorical'"],
    ['filename,a\n10.png,1\n', { yCol: [], classMode: 'raw' }, "yCol names 0 columns with class mode 'raw'"],
    ['filename,class\n10.png,a\n', { classMode: 'binary' }, "no other class than 'a'"],
    ['filename,class\n10.png,a\n', { classMode: 'rw' as 'raw' }, "Did you mean 'raw'?"],
    ['filename,class\n10.png,a\n', { validationSplit: 0.5 }, 'need each other'],
    ['filename,class\n10.png,a\n', { rescale: '1/255' as unknown as number }, 'rescale is "1/255"'],
  ])('refuses %j with %j', async (content, options, message) => {
    await expect(listed(content, options)).rejects.toThrow(message);
  });

  it.each([
    ['a number as class', { filename: '10.png', class: 7 }, "has 7 in column 'class'"],
    ['a number among classes', { filename: '10.png', class: ['a', 7] }, 'Expected: a text or a list of texts'],
    ['no class', { filename: '10.png', class: null }, 'has null in column'],
    ['a number as file', { filename: 10, class: 'a' }, 'Expected: a text.'],
  ])('refuses %s in JSON lines, as Keras does', async (_, row, message) => {
    await expect(listed(JSON.stringify(row), {}, 'odd.jsonl')).rejects.toThrow(message);
  });

  it('refuses lines that are no JSON objects, and a list that is not there', async () => {
    for (const line of ['[1]', '{', 'null']) {
      await expect(listed(`${line}\n`, {}, 'bad.jsonl')).rejects.toThrow('line 1 is no JSON object');
    }
    await expect(imageList(join(folder, 'nowhere.csv'))).rejects.toThrow(InvalidArgumentError);
  });
});
