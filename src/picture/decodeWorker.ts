import { parentPort, workerData } from 'node:worker_threads';
import { attachLibrary } from '../native/library.js';
import { TensorflowError } from '../native/status.js';
import { type CrewOrder, type CrewSetup, type DecodeReply, type DecodeRequest, READY } from './decodeCrew.js';
import { FileReader } from './fileReader.js';
import { jpegHeader } from './jpegHeader.js';
import { isPlainJpeg, NativeJpegDecoder } from './nativeJpegDecoder.js';
import { PictureSlots } from './pictureSlots.js';
import { resizePicture } from './resizePicture.js';

// A thread of DecodeCrew.
const { files, config, mostSharedBytes } = workerData as CrewSetup;
const decoder = new NativeJpegDecoder(attachLibrary(files), config);
const reader = new FileReader();
const slots = new PictureSlots(mostSharedBytes);
parentPort?.postMessage(READY);

parentPort?.on('message', (order: CrewOrder) => {
  if (order.kind === 'release') slots.release(order.slot);
  else reply({ id: order.id, ...decode(order) });
});

function reply(reply: DecodeReply): void {
  const { slot, pixels } = reply;
  parentPort?.postMessage(reply, slot !== undefined || pixels === undefined ? [] : [pixels.buffer as ArrayBuffer]);
}

/** Without pixels where it is no plain JPEG, or damaged, or can't be read, or is too large. */
function decode({ file, resizing, maxPixels }: DecodeRequest): Omit<DecodeReply, 'id'> {
  let slot: number | undefined;
  const newArray = (bytes: number): Uint8Array => {
    const free = slots.take(bytes);
    slot = free?.number;
    return free?.pixels ?? new Uint8Array(bytes);
  };
  try {
    const bytes = reader.read(file);
    const header = jpegHeader(bytes);
    if (header === undefined || !isPlainJpeg(header) || header.rows * header.columns > maxPixels) return {};
    const pixels = decoder.decode(bytes, header, picture => resizePicture(picture, resizing, newArray));
    return { pixels, ...(slot !== undefined && { slot }) };
  } catch (error) {
    if (isOfFile(error)) return {};
    throw error;
  }
}

/** Of the disk, as ENOENT and ERR_FS_FILE_TOO_LARGE; of the decoder; or of memory that there isn't. */
const isOfFile = (error: unknown): boolean =>
  error instanceof TensorflowError ||
  error instanceof RangeError ||
  (error as NodeJS.ErrnoException).code !== undefined;
