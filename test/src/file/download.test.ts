import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identity } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { ChecksumError } from '../../../src/error/checksumError.js';
import { DownloadError } from '../../../src/error/downloadError.js';
import { FileAccessError } from '../../../src/error/fileAccessError.js';
import { type DownloadProgress, download } from '../../../src/file/download.js';
import { outputOf, startChild } from './childProcess.js';
import { breakOff, sendFile, serve } from './fileServer.js';
import { temporaryFolder } from './temporaryFolder.js';

const contents = new Uint8Array(300_000).map((_, i) => (i * 31) % 251);
const sha256 = createHash('sha256').update(contents).digest('hex');
const md5 = createHash('md5').update(contents).digest('hex');
const label = 'digits';

/** Whether a file holds just the first bytes of the contents; comparing arrays entry by entry would take seconds. */
function holds(file: string, bytes = contents.length): boolean {
  return readFileSync(file).equals(contents.subarray(0, bytes));
}

describe('download', () => {
  it.each([{ sha256 }, { md5 }, { size: contents.length }, {}])('fetches a file and checks it by %o', async checks => {
    const server = await serve((request, response) => sendFile(contents, request, response));
    const folder = temporaryFolder();
    const seen: DownloadProgress[] = [];
    const file = join(folder, 'file');
    await download({ urls: [`${server.url}/a`], file, label, ...checks, onProgress: progress => seen.push(progress) });
    expect(holds(file)).toBe(true);
    expect(readdirSync(folder)).toEqual(['file']);
    expect(seen.at(-1)).toEqual({ label, received: contents.length, total: contents.length });
  });

  it('sends user and password of an address, and never says them', async () => {
    const server = await serve((request, response) => {
      if (request.headers.authorization === `Basic ${btoa('max:secret')}`) sendFile(contents, request, response);
      else response.writeHead(403).end();
    });
    const file = join(temporaryFolder(), 'file');
    const address = (user: string): string => `${server.url.replace('//', `//${user}@`)}/a`;
    const failed = download({ urls: [address('max:wrong'), '//max:wrong@/'], file, label, sha256 });
    const error: Error = await failed.then(() => Promise.reject(new Error('fetched')), identity);
    expect(error.message).toContain('HTTP status 403');
    expect(error.message).not.toContain('wrong');
    await download({ urls: [address('max:secret')], file, label, sha256 });
    expect(holds(file)).toBe(true);
  });

  it('asks nobody for a file that is there with the right checksum', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, contents);
    await download({ urls: [], file, label, sha256 });
    expect(holds(file)).toBe(true);
  });

  it('continues what an earlier run began', async () => {
    const server = await serve((request, response) => sendFile(contents, request, response));
    const file = join(temporaryFolder(), 'file');
    writeFileSync(`${file}.part`, contents.subarray(0, 100_000));
    await download({ urls: [`${server.url}/a`], file, label, sha256 });
    expect(server.requests).toEqual(['/a bytes=100000-']);
    expect(holds(file)).toBe(true);
  });

  it('starts anew where nothing can prove that the pieces fit', async () => {
    const server = await serve((request, response) => sendFile(contents, request, response));
    const file = join(temporaryFolder(), 'file');
    writeFileSync(`${file}.part`, contents.subarray(0, 100_000));
    await download({ urls: [`${server.url}/a`], file, label });
    expect(server.requests).toEqual(['/a']);
    expect(holds(file)).toBe(true);
  });

  it('starts anew where the beginning was of another file', async () => {
    const server = await serve((request, response) => sendFile(contents, request, response));
    const file = join(temporaryFolder(), 'file');
    writeFileSync(`${file}.part`, new Uint8Array(1000));
    await download({ urls: [`${server.url}/a`], file, label, sha256 });
    expect(server.requests).toEqual(['/a bytes=1000-', '/a']);
    expect(holds(file)).toBe(true);
  });

  it('takes a whole answer where the server knows no ranges', async () => {
    const server = await serve((_, response) => response.end(contents));
    const file = join(temporaryFolder(), 'file');
    writeFileSync(`${file}.part`, contents.subarray(0, 100_000));
    await download({ urls: [`${server.url}/a`], file, label, sha256 });
    expect(holds(file)).toBe(true);
  });

  it('goes on after a connection that breaks', async () => {
    const file = join(temporaryFolder(), 'file');
    let calls = 0;
    const server = await serve((request, response) => {
      if (++calls > 1) return sendFile(contents, request, response);
      response.writeHead(200, { 'content-length': contents.length });
      response.write(contents.subarray(0, 50_000));
      void breakOff(response, file, 50_000);
    });
    await download({ urls: [`${server.url}/a`], file, label, sha256 });
    expect(server.requests).toEqual(['/a', '/a bytes=50000-']);
    expect(holds(file)).toBe(true);
  });

  it.each([
    ['keeps what came where a checksum can prove the rest', { sha256 }, ['file.part'], / is kept\.$/],
    ['keeps nothing that it can not go on from', {}, [], /(?<! is kept)\.$/],
  ])('gives up a server that breaks off at the same byte each time, and %s', async (_, checks, left, words) => {
    const folder = temporaryFolder();
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-length': contents.length });
      response.write(contents.subarray(0, 50_000));
      void breakOff(response, join(folder, 'file'), 50_000);
    });
    const failing = download({ urls: [`${server.url}/a`], file: join(folder, 'file'), label, ...checks });
    await expect(failing).rejects.toThrow(words);
    expect(server.requests.length).toBeLessThan(5);
    expect(readdirSync(folder)).toEqual(left);
  });

  it('begins anew after a connection that breaks where nothing can prove that the pieces fit', async () => {
    const file = join(temporaryFolder(), 'file');
    let calls = 0;
    const server = await serve((request, response) => {
      if (++calls > 1) return sendFile(contents, request, response);
      response.writeHead(200, { 'content-length': contents.length });
      response.write(contents.subarray(0, 50_000));
      void breakOff(response, file, 50_000);
    });
    await download({ urls: [`${server.url}/a`], file, label });
    expect(server.requests).toEqual(['/a', '/a']);
    expect(holds(file)).toBe(true);
  });

  it('asks three times where no byte comes, and as often as it takes where some do', async () => {
    const file = join(temporaryFolder(), 'file');
    let given = 0;
    const server = await serve((request, response) => {
      if (request.url === '/dead') return response.destroy();
      if (given >= 4) return sendFile(contents, request, response);
      response.writeHead(given === 0 ? 200 : 206, {
        'content-range': `bytes ${given}-${contents.length - 1}/${contents.length}`,
        'content-length': contents.length - given,
      });
      response.write(contents.subarray(given, ++given));
      void breakOff(response, file, given);
    });
    await download({ urls: [`${server.url}/dead`, `${server.url}/slow`], file, label, sha256 });
    const slow = ['/slow', ...[1, 2, 3, 4].map(from => `/slow bytes=${from}-`)];
    expect(server.requests).toEqual(['/dead', '/dead', '/dead', ...slow]);
    expect(holds(file)).toBe(true);
  });

  it('starts anew where a server goes on from another byte than it was asked for', async () => {
    const file = join(temporaryFolder(), 'file');
    const server = await serve((request, response) => {
      if (server.requests.length === 1) {
        response.writeHead(200, { 'content-length': contents.length });
        response.write(contents.subarray(0, 100_000));
        void breakOff(response, file, 100_000);
        return;
      }
      response.writeHead(request.headers.range === undefined ? 200 : 206, { 'content-length': contents.length });
      response.end(contents);
    });
    await download({ urls: [`${server.url}/a`], file, label, sha256 });
    expect(holds(file)).toBe(true);
    expect(server.requests).toEqual(['/a', expect.stringMatching(/^\/a bytes=\d+-$/), '/a']);
  });

  it('says what a server answered that has no such range though none was asked for', async () => {
    const server = await serve((_, response) => response.writeHead(416).end());
    const fetched = download({ urls: [`${server.url}/a`], file: join(temporaryFolder(), 'file'), label, sha256 });
    await expect(fetched).rejects.toThrow('HTTP status 416');
  });

  it('gives up a connection that stalls, and tries again', async () => {
    let calls = 0;
    const server = await serve((request, response) => {
      if (++calls > 1) return sendFile(contents, request, response);
      response.writeHead(200, { 'content-length': contents.length });
      response.write(contents.subarray(0, 50_000));
    });
    const file = join(temporaryFolder(), 'file');
    await download({ urls: [`${server.url}/a`], file, label, sha256, stallMs: 100 });
    expect(holds(file)).toBe(true);
  });

  it('goes to the next mirror after a wrong checksum', async () => {
    const wrong = contents.map(byte => byte ^ 1);
    const server = await serve((request, response) =>
      sendFile(request.url === '/bad' ? wrong : contents, request, response),
    );
    const file = join(temporaryFolder(), 'file');
    await download({ urls: [`${server.url}/bad`, `${server.url}/good`], file, label, sha256 });
    expect(server.requests).toEqual(['/bad', '/good']);
    expect(holds(file)).toBe(true);
  });

  it('says so where every mirror gave something else, and keeps nothing of it', async () => {
    const wrong = contents.map(byte => byte ^ 1);
    const server = await serve((request, response) => sendFile(wrong, request, response));
    const folder = temporaryFolder();
    const failing = download({ urls: [`${server.url}/bad`], file: join(folder, 'file'), label, sha256 });
    await expect(failing).rejects.toThrow(ChecksumError);
    await expect(failing).rejects.toThrow(/digits.*sha256 [0-9a-f]{64} where/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does not ask again where a server refuses, and lists what each said', async () => {
    const server = await serve((_, response) => response.writeHead(404).end());
    const failing = download({
      urls: [`${server.url}/a`, `${server.url}/b`],
      file: join(temporaryFolder(), 'f'),
      label,
    });
    await expect(failing).rejects.toThrow(DownloadError);
    await expect(failing).rejects.toThrow(/HTTP status 404.*HTTP status 404/);
    expect(server.requests).toEqual(['/a', '/b']);
  });

  it('says how much space is missing before it begins', async () => {
    const server = await serve((request, response) => sendFile(contents, request, response));
    const file = join(temporaryFolder(), 'file');
    const failing = download({ urls: [`${server.url}/a`], file, label, size: 1e17 });
    await expect(failing).rejects.toThrow(FileAccessError);
    await expect(failing).rejects.toThrow(/ENOSPC.*MB for digits.*free/);
    expect(server.requests).toEqual([]);
  });

  it('keeps what came when it is aborted', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-length': contents.length });
      response.write(contents.subarray(0, 50_000));
    });
    const file = join(temporaryFolder(), 'file');
    const controller = new AbortController();
    const onProgress = vi.fn(({ received }: DownloadProgress) => {
      if (received === 50_000) controller.abort();
    });
    const aborted = download({ urls: [`${server.url}/a`], file, label, sha256, onProgress, signal: controller.signal });
    await expect(aborted).rejects.toThrow(/abort/);
    expect(holds(`${file}.part`, 50_000)).toBe(true);
    expect(existsSync(file)).toBe(false);
  });

  it('is continued after its process was killed', async () => {
    let isSlow = true;
    const server = await serve((request, response) => {
      if (!isSlow) return sendFile(contents, request, response);
      response.writeHead(200, { 'content-length': contents.length });
      response.write(contents.subarray(0, 50_000));
    });
    const folder = temporaryFolder();
    const options = { urls: [`${server.url}/a`], file: join(folder, 'file'), label, sha256 };
    const script = `
      import { download } from './src/file/download.js';
      await download(${JSON.stringify(options)});`;
    const child = await startChild(folder, 'child', script);
    while (!existsSync(`${options.file}.part`) || readFileSync(`${options.file}.part`).length < 50_000) await sleep(20);
    child.kill('SIGKILL');
    await outputOf(child);
    isSlow = false;
    await download(options);
    expect(server.requests).toEqual(['/a', '/a bytes=50000-']);
    expect(holds(options.file)).toBe(true);
  });

  it('runs once where two processes want the same file', async () => {
    const server = await serve((request, response) => {
      setTimeout(() => sendFile(contents, request, response), 200);
    });
    const folder = temporaryFolder();
    const options = { urls: [`${server.url}/a`], file: join(folder, 'file'), label, sha256 };
    const script = `
      import { download } from './src/file/download.js';
      await download(${JSON.stringify(options)});
      console.log('done');`;
    const children = await Promise.all(['a', 'b'].map(name => startChild(folder, name, script)));
    expect(await Promise.all(children.map(outputOf))).toEqual(['done\n', 'done\n']);
    expect(server.requests).toEqual(['/a']);
  });
});
