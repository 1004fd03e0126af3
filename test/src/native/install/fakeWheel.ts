import { createHash } from 'node:crypto';
import { zipSync } from 'fflate';
import type { PinnedWheel } from '../../../../src/native/install/pinnedWheel.js';
import { sendFile } from '../../file/fileServer.js';

type Answer = Parameters<typeof sendFile> extends [Uint8Array, ...infer Rest] ? (...rest: Rest) => void : never;

/** Stands for a real wheel: the two libraries of Linux, small, and something that must not be taken out. */
export function fakeWheel(): { readonly archive: Uint8Array; readonly wheel: PinnedWheel } {
  const library = (seed: number) => new Uint8Array(50_000).map((_, i) => (i * i * seed) % 253);
  const archive = zipSync({
    'tensorflow/libtensorflow_framework.so.2': library(3),
    'tensorflow/libtensorflow_cc.so.2': library(7),
    'tensorflow/python/other.py': new Uint8Array(10_000),
  });
  const wheel: PinnedWheel = {
    project: 'fake-tensorflow',
    version: '9.9.9',
    fileName: 'fake_tensorflow-9.9.9-cp311-cp311-any.whl',
    python: '3.11',
    abi: 'cp311',
    platform: 'any',
    sha256: createHash('sha256').update(archive).digest('hex'),
    bytes: archive.length,
    unpackedBytes: 100_000,
  };
  return { archive, wheel };
}

/** Answers like a package index of the simple repository API, in JSON or in HTML, with one file. */
export function answerAsIndex(archive: Uint8Array, wheel: PinnedWheel, form: 'json' | 'html' = 'json'): Answer {
  return (request, response) => {
    if (request.url === `/files/${wheel.fileName}`) {
      sendFile(archive, request, response);
    } else if (request.url !== `/simple/${wheel.project}/`) {
      response.writeHead(404).end();
    } else if (form === 'json') {
      response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json');
      response.end(JSON.stringify({ files: [{ filename: wheel.fileName, url: `../../files/${wheel.fileName}` }] }));
    } else {
      response.setHeader('content-type', 'text/html');
      response.end(`<a href="../../files/${wheel.fileName}#sha256=${wheel.sha256}">${wheel.fileName}</a>`);
    }
  };
}
