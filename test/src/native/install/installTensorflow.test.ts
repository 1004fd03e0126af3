import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileAccessError } from '../../../../src/error/fileAccessError.js';
import { TensorflowMissingError } from '../../../../src/error/tensorflowMissingError.js';
import type { DownloadProgress } from '../../../../src/file/download.js';
import { findInCache } from '../../../../src/native/install/findInCache.js';
import { type InstallOptions, installTensorflow } from '../../../../src/native/install/installTensorflow.js';
import { outputOf, startChild } from '../../file/childProcess.js';
import { serve } from '../../file/fileServer.js';
import { temporaryFolder } from '../../file/temporaryFolder.js';
import { answerAsIndex, fakeWheel } from './fakeWheel.js';

const { archive, wheel } = fakeWheel();

async function setUp(form: 'json' | 'html' = 'json', contents = archive) {
  const server = await serve(answerAsIndex(contents, wheel, form));
  const folder = join(temporaryFolder(), 'tensorflow', '9.9.9-any');
  const options: InstallOptions = { platform: 'linux', pip: null, indexes: [`${server.url}/simple`] };
  return { server, folder, options };
}

/** A program that does what pip does in a test; its last argument is the requirement. */
function fakePip(script: string): readonly [string, ...string[]] {
  return [process.execPath, '-e', script, '--'];
}

describe('installTensorflow', () => {
  it.each(['json', 'html'] as const)(
    'takes the two libraries, and nothing else, from an index that speaks %s',
    async form => {
      const { folder, options } = await setUp(form);
      const seen: DownloadProgress[] = [];
      const files = await installTensorflow(folder, wheel, { ...options, onProgress: progress => seen.push(progress) });
      expect(files).toEqual({
        framework: join(folder, 'libtensorflow_framework.so.2'),
        cc: join(folder, 'libtensorflow_cc.so.2'),
        origin: 'wheel',
        version: '9.9.9',
      });
      expect(statSync(files.cc).size).toBe(50_000);
      expect(readdirSync(folder).sort()).toEqual([
        'libtensorflow_cc.so.2',
        'libtensorflow_framework.so.2',
        'manifest.json',
      ]);
      expect(readdirSync(dirname(folder))).toEqual(['9.9.9-any']);
      expect(seen.at(-1)).toMatchObject({ received: archive.length, total: archive.length });
    },
  );

  describe('from an index that wants a user and a password', () => {
    const authorization = `Basic ${Buffer.from('max:se@cret').toString('base64')}`;

    async function setUpLocked(user: string) {
      const answer = answerAsIndex(archive, wheel);
      const server = await serve((request, response) => {
        if (request.headers.authorization === authorization) answer(request, response);
        else response.writeHead(401).end();
      });
      const folder = join(temporaryFolder(), 'tensorflow', '9.9.9-any');
      const indexes = [`${server.url.replace('//', `//${user}@`)}/simple`];
      return installTensorflow(folder, wheel, { platform: 'linux', pip: null, indexes });
    }

    it('takes page and file with those of its address', async () => {
      expect((await setUpLocked('max:se%40cret')).origin).toBe('wheel');
    });

    it('says that they are wrong without saying them', async () => {
      const error = await setUpLocked('max:wrong').catch((error: Error) => error);
      expect(error).toMatchObject({ message: expect.stringMatching(/127\.0\.0\.1:\d+: HTTP status 401/) });
      expect(error).not.toMatchObject({ message: expect.stringContaining('wrong') });
    });
  });

  it('asks nobody where the libraries are there', async () => {
    const { server, folder, options } = await setUp();
    await installTensorflow(folder, wheel, options);
    const before = server.requests.length;
    expect((await installTensorflow(folder, wheel, options)).origin).toBe('cache');
    expect(server.requests.length).toBe(before);
  });

  it('removes what a killed run left, and continues its download', async () => {
    const { server, folder, options } = await setUp();
    const cache = dirname(folder);
    mkdirSync(`${folder}.unpacking`, { recursive: true });
    mkdirSync(join(cache, `${wheel.fileName}.pip`));
    writeFileSync(join(cache, `${wheel.fileName}.part`), archive.subarray(0, 500));
    await installTensorflow(folder, wheel, options);
    expect(server.requests.at(-1)).toBe(`/files/${wheel.fileName} bytes=500-`);
    expect(readdirSync(cache)).toEqual(['9.9.9-any']);
  });

  it('installs again where a library was cut', async () => {
    const { folder, options } = await setUp();
    const { cc } = await installTensorflow(folder, wheel, options);
    writeFileSync(cc, 'cut');
    expect(findInCache(folder, 'linux')).toBeUndefined();
    expect((await installTensorflow(folder, wheel, options)).origin).toBe('wheel');
    expect(statSync(cc).size).toBe(50_000);
  });

  it('fetches the libraries anew where it is told to', async () => {
    const { folder, options } = await setUp();
    await installTensorflow(folder, wheel, options);
    expect((await installTensorflow(folder, wheel, { ...options, force: true })).origin).toBe('wheel');
  });

  it('lets pip fetch the wheel where there is one', async () => {
    const { server, folder, options } = await setUp();
    const pip = fakePip(`
      const to = process.argv[process.argv.indexOf('--dest') + 1] + '/${wheel.fileName}';
      fetch('${server.url}/files/${wheel.fileName}').then(r => r.bytes?.() ?? r.arrayBuffer())
        .then(bytes => require('node:fs').writeFileSync(to, Buffer.from(bytes)));`);
    expect((await installTensorflow(folder, wheel, { ...options, pip, indexes: [] })).origin).toBe('wheel');
    expect(readdirSync(dirname(folder))).toEqual(['9.9.9-any']);
  });

  it.each([
    ['fails', 'console.error("ERROR: no such thing"); process.exit(1)'],
    [
      'brings other bytes',
      `require('node:fs').writeFileSync(process.argv[process.argv.indexOf('--dest') + 1] + '/${wheel.fileName}', 'x')`,
    ],
  ])('asks the index where pip %s', async (_, script) => {
    const { folder, options } = await setUp();
    expect((await installTensorflow(folder, wheel, { ...options, pip: fakePip(script) })).origin).toBe('wheel');
  });

  it('says what each way said where none leads to the wheel', async () => {
    const { server, folder, options } = await setUp();
    const pip = fakePip('console.error("ERROR: no such thing"); process.exit(1)');
    const indexes = [`${server.url}/elsewhere`];
    const failing = installTensorflow(folder, wheel, { ...options, pip, indexes });
    await expect(failing).rejects.toThrow(TensorflowMissingError);
    await expect(failing).rejects.toThrow(/pip: no such thing; 127.0.0.1:\d+: HTTP status 404.*GRADSTREAM_TENSORFLOW/);
    expect(existsSync(folder)).toBe(false);
  });

  it('refuses a wheel of other bytes', async () => {
    const { folder, options } = await setUp('json', archive.slice().fill(0, 100, 200));
    const failing = installTensorflow(folder, wheel, options);
    await expect(failing).rejects.toThrow(/sha256 [0-9a-f]{64} where/);
    expect(readdirSync(dirname(folder))).toEqual([]);
  });

  it('says how much space it needs where there is too little', async () => {
    const { server, folder, options } = await setUp();
    const failing = installTensorflow(folder, { ...wheel, unpackedBytes: 1e17 }, options);
    await expect(failing).rejects.toThrow(FileAccessError);
    await expect(failing).rejects.toThrow(/ENOSPC.*MB for TensorFlow 9.9.9; \d+ MB are free.*GRADSTREAM_CACHE/);
    expect(server.requests).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'names a folder that it may not write',
    async () => {
      const { folder, options } = await setUp();
      const home = dirname(dirname(folder));
      chmodSync(home, 0o500);
      await expect(installTensorflow(folder, wheel, options)).rejects.toThrow(FileAccessError);
      chmodSync(home, 0o700);
    },
  );

  it('names a cache that can not be a folder', async () => {
    const { options } = await setUp();
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    await expect(installTensorflow(join(file, 'tensorflow'), wheel, options)).rejects.toThrow(
      /(ENOTDIR|EEXIST).*is a file/,
    );
  });

  it('runs once where two processes want it', async () => {
    const { server, folder, options } = await setUp();
    const script = `
      import { installTensorflow } from './src/native/install/installTensorflow.js';
      const { origin } = await installTensorflow(
        ${JSON.stringify(folder)}, ${JSON.stringify(wheel)}, ${JSON.stringify(options)});
      console.log(origin);`;
    const scripts = temporaryFolder();
    const children = await Promise.all(['a', 'b'].map(name => startChild(scripts, name, script)));
    const origins = await Promise.all(children.map(outputOf));
    expect(origins.sort()).toEqual(['cache\n', 'wheel\n']);
    expect(server.requests.filter(request => request.startsWith('/files'))).toHaveLength(1);
  });
});
