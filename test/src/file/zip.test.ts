import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crc32, crc32Table } from '../../../src/file/crc32.js';
import { ZipReader } from '../../../src/file/zipReader.js';
import { ZipWriter } from '../../../src/file/zipWriter.js';

let folder: string;
let files = 0;
const newFile = (): string => join(folder, `${files++}.zip`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradstream-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function opened(bytes: Uint8Array): Promise<ZipReader> {
  const path = newFile();
  await writeFile(path, bytes);
  return ZipReader.open(path, 'some.keras');
}

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

describe('ZipWriter and ZipReader', () => {
  it('bring back texts and files', async () => {
    const path = newFile();
    const content = newFile();
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) & 0xff);
    await writeFile(content, bytes);
    const writer = new ZipWriter(path);
    await writer.text('config.json', '{"größe": 1}');
    await writer.file('model.weights.h5', content);
    await writer.text('empty', '');
    await writer.close();

    const reader = await ZipReader.open(path);
    expect(await reader.text('config.json', 100)).toBe('{"größe": 1}');
    expect(await reader.text('empty', 100)).toBe('');
    expect(reader.has('model.weights.h5')).toBe(true);
    const extracted = newFile();
    await reader.extract('model.weights.h5', extracted);
    expect(Buffer.compare(await readFile(extracted), Buffer.from(bytes))).toBe(0);
    await reader.close();
  });

  it('reports a folder that is not there', async () => {
    const writer = new ZipWriter(join(folder, 'missing', 'a.zip'));
    await expect(writer.text('a', 'b').then(() => writer.close())).rejects.toThrow(/ENOENT/);
  });

  it('do not take a full disk for a damaged file', async () => {
    const zip = await opened(zipSync({ a: new Uint8Array(100_000) }));
    await expect(zip.extract('a', join(folder, 'missing', 'a'))).rejects.toMatchObject({ code: 'ENOENT' });
    if (existsSync('/dev/full')) await expect(zip.extract('a', '/dev/full')).rejects.toMatchObject({ code: 'ENOSPC' });
    await zip.close();
  });

  it('pass over comments and extra fields', async () => {
    const more = { extra: { 7: text('extra') }, comment: 'of the entry' };
    const entries = zipSync({ a: [text('first'), more], b: [text('second'), more] }, { level: 0 });
    const comment = text('of the file');
    const bytes = Uint8Array.of(...entries, ...comment);
    new DataView(bytes.buffer).setUint16(entries.length - 2, comment.length, true);
    const zip = await opened(bytes);
    expect([await zip.text('a', 5), await zip.text('b', 6)]).toEqual(['first', 'second']);
    await zip.close();
  });

  it('read deflated entries', async () => {
    const zip = await opened(zipSync({ 'config.json': text('x'.repeat(10_000)) }, { level: 9 }));
    expect(await zip.text('config.json', 20_000)).toBe('x'.repeat(10_000));
    await zip.close();
  });
});

describe('ZipReader refuses', () => {
  it.each(['../evil', 'a/../../evil', '/etc/evil', 'C:\\evil', '..\\evil', 'a/..'])(
    'an entry called %j',
    async name => {
      await expect(opened(zipSync({ [name]: text('x') }))).rejects.toThrow(/some\.keras: refused/);
    },
  );

  it('an entry that unpacks to more than the limit, before it is unpacked', async () => {
    const zip = await opened(zipSync({ 'config.json': new Uint8Array(1_000_000) }));
    await expect(zip.text('config.json', 999_999)).rejects.toThrow(/1000000 bytes; the limit is 999999/);
    await zip.close();
  });

  it('to fill the disk with an entry that unpacks to more than 20 times what is stored, and leaves nothing there', async () => {
    const zip = await opened(zipSync({ 'model.weights.h5': new Uint8Array(70_000_000) }));
    const target = newFile();
    await expect(zip.extract('model.weights.h5', target)).rejects.toThrow(/70000000 bytes; the limit is 67108864/);
    expect(existsSync(target)).toBe(false);
    await zip.close();
  });

  it('an entry whose real size is more than it claims', async () => {
    const bytes = zipSync({ a: new Uint8Array(100_000) });
    const view = new DataView(bytes.buffer);
    view.setUint32(bytes.length - 22 - 47 + 24, 1000, true); // the size in the one entry of the directory
    const zip = await opened(bytes);
    await expect(zip.text('a', 10_000)).rejects.toThrow(/more than the 1000 bytes it claims/);
    await zip.close();
  });

  it('an entry whose real size is less than it claims', async () => {
    const bytes = zipSync({ a: new Uint8Array(100) });
    new DataView(bytes.buffer).setUint32(bytes.length - 22 - 47 + 24, 101, true);
    const zip = await opened(bytes);
    await expect(zip.text('a', 1000)).rejects.toThrow('a: 100 bytes, where 101 are claimed');
    await zip.close();
  });

  it('an entry that claims what its bytes cannot become', async () => {
    const bytes = zipSync({ a: text('abc') }, { level: 0 });
    new DataView(bytes.buffer).setUint32(bytes.length - 22 - 47 + 24, 4_000_000_000, true);
    await expect(opened(bytes)).rejects.toThrow(/claims 4000000000 bytes, but only 3 are stored/);
  });

  /** Of `a` and `b`, stored, where `damage` has changed something; `directory` and `end` are where those begin. */
  async function damaged(damage: (view: DataView, directory: number, end: number) => void): Promise<ZipReader> {
    const bytes = zipSync({ a: text('abc'), b: text('abc') }, { level: 0 });
    const end = bytes.length - 22;
    damage(new DataView(bytes.buffer), end - 2 * 47, end);
    return opened(bytes);
  }

  it.each<[string, Parameters<typeof damaged>[0], string]>([
    ['zip64, by its entries', (view, _, end) => view.setUint16(end + 10, 0xffff, true), '(zip64) are not supported'],
    ['zip64, by its size', (view, _, end) => view.setUint32(end + 16, 0xffffffff, true), '(zip64) are not supported'],
    ['a directory that ends outside', (view, _, end) => view.setUint32(end + 12, 117, true), 'claims 117 bytes from'],
    ['a directory that is too short', (view, _, end) => view.setUint32(end + 12, 92, true), 'entry 1 of its directory'],
    ['a directory that is none', (view, directory) => view.setUint8(directory + 47, 0), 'entry 1 of its directory'],
    ['an encrypted entry', (view, directory) => view.setUint16(directory + 8, 0x801, true), "'a' is encrypted"],
    ['two entries of one name', (view, directory) => view.setUint8(directory + 93, 97), "two entries are called 'a'"],
    ['an entry that ends outside', (view, directory) => view.setUint32(directory + 42, 1000, true), "'a' ends outside"],
  ])('%s', async (_, damage, message) => {
    await expect(damaged(damage)).rejects.toThrow(message);
  });

  it.each<[string, Parameters<typeof damaged>[0], string]>([
    ['of an unknown method', (view, directory) => view.setUint16(directory + 10, 12, true), 'compressed by method 12'],
    ['without its header', view => view.setUint8(0, 0), 'a: its header is damaged'],
    ['that is not deflated as it says', (view, directory) => view.setUint16(directory + 10, 8, true), 'a: damaged ('],
  ])('an entry %s, but not the others', async (_, damage, message) => {
    const zip = await damaged(damage);
    await expect(zip.text('a', 100)).rejects.toThrow(message);
    expect(await zip.text('b', 100)).toBe('abc');
    await zip.close();
  });

  it('a flipped bit', async () => {
    const bytes = zipSync({ a: text('abcdef') }, { level: 0 });
    bytes[33] ^= 1;
    const zip = await opened(bytes);
    await expect(zip.text('a', 100)).rejects.toThrow(/checksum/);
    await zip.close();
  });

  it('a file cut anywhere', async () => {
    const whole = zipSync({ 'config.json': text('{}'), 'model.weights.h5': new Uint8Array(50) }, { level: 0 });
    for (const length of [0, 1, 30, whole.length - 60, whole.length - 1]) {
      await expect(opened(whole.subarray(0, length)), `${length} bytes`).rejects.toThrow(/^some\.keras: /);
    }
  });

  it('an entry that is not there, and says what is', async () => {
    const zip = await opened(zipSync({ 'metadata.json': text('{}') }));
    await expect(zip.text('config.json', 10)).rejects.toThrow(/no config\.json in it \(it holds: metadata\.json\)/);
    await zip.close();
  });
});

describe('crc32', () => {
  it('is the checksum of the standard', () => {
    expect(crc32(text('123456789'))).toBe(0xcbf43926);
    expect(crc32Table(text('123456789'))).toBe(0xcbf43926);
  });

  it('goes on from the bytes before', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        const whole = crc32Table(Uint8Array.of(...a, ...b));
        expect(crc32Table(b, crc32Table(a))).toBe(whole);
        expect(crc32(b, crc32(a))).toBe(whole);
      }),
    );
  });
});
