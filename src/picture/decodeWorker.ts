import { parentPort, workerData } from 'node:worker_threads';
import { attachLibrary } from '../native/library.js';
import { TensorflowError } from '../native/status.js';
import { type CrewKind, type DecodeReply, type DecodeRequest, READY } from './decodeCrew.js';
import { FileReader } from './fileReader.js';
import { jpegHeader } from './jpegHeader.js';
import { isPlainJpeg, NativeJpegDecoder } from './nativeJpegDecoder.js';
import { resizePicture } from './resizePicture.js';

// A thread of DecodeCrew.
const { files, config } = workerData as CrewKind;
const decoder = new NativeJpegDecoder(attachLibrary(files), config);
const reader = new FileReader();
parentPort?.postMessage(READY);

parentPort?.on('message', (request: DecodeRequest) => {
  const pixels = decode(request);
  const reply: DecodeReply = { id: request.id, pixels };
  parentPort?.postMessage(reply, pixels === undefined ? [] : [pixels.buffer as ArrayBuffer]);
});

/** Undefined where it is no plain JPEG, or damaged, or can't be read, or is too large. */
function decode({ file, resizing, maxPixels }: DecodeRequest): Uint8Array | undefined {
  try {
    const bytes = reader.read(file);
    const header = jpegHeader(bytes);
    if (header === undefined || !isPlainJpeg(header) || header.rows * header.columns > maxPixels) return undefined;
    return decoder.decode(bytes, header, picture => resizePicture(picture, resizing));
  } catch (error) {
    if (isOfFile(error)) return undefined;
    throw error;
  }
}

/** Of the disk, as ENOENT and ERR_FS_FILE_TOO_LARGE; of the decoder; or of memory that there isn't. */
const isOfFile = (error: unknown): boolean =>
  error instanceof TensorflowError ||
  error instanceof RangeError ||
  (error as NodeJS.ErrnoException).code !== undefined;
