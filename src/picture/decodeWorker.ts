import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { attachLibrary } from '../native/library.js';
import { TensorflowError } from '../native/status.js';
import { type CrewKind, type DecodeReply, type DecodeRequest, READY } from './decodeCrew.js';
import { jpegHeader } from './jpegHeader.js';
import { isPlainJpeg, NativeJpegDecoder } from './nativeJpegDecoder.js';
import { resizePicture } from './resizePicture.js';

// A thread of DecodeCrew.
const { files, config } = workerData as CrewKind;
const decoder = new NativeJpegDecoder(attachLibrary(files), config);
parentPort?.postMessage(READY);

parentPort?.on('message', (request: DecodeRequest) => {
  const pixels = decode(request);
  const reply: DecodeReply = { id: request.id, pixels };
  parentPort?.postMessage(reply, pixels === undefined ? [] : [pixels.buffer as ArrayBuffer]);
});

/** Undefined where it is no plain JPEG, or damaged, or can't be read. */
function decode({ file, resizing, maxPixels }: DecodeRequest): Uint8Array | undefined {
  try {
    const bytes = readFileSync(file);
    const header = jpegHeader(bytes);
    if (header === undefined || !isPlainJpeg(header) || header.rows * header.columns > maxPixels) return undefined;
    return decoder.decode(bytes, header, picture => resizePicture(picture, resizing));
  } catch (error) {
    if (error instanceof TensorflowError || (error as NodeJS.ErrnoException).syscall !== undefined) return undefined;
    throw error;
  }
}
