import { Graph } from '../graph/graph.js';
import { Session } from '../graph/session.js';
import type { SessionCall } from '../graph/sessionCall.js';
import { DataType } from '../native/dataType.js';
import { boolAttribute, intAttribute, type OpAttribute, textAttribute } from '../native/executor.js';
import type { Library } from '../native/library.js';
import { newTensor, shapeOfTensor } from '../native/nativeTensor.js';
import type { SessionConfig } from '../native/sessionConfig.js';
import type { Pointer } from '../native/signatures.js';
import type { DecodedPicture } from './decodedPicture.js';
import type { JpegHeader } from './jpegHeader.js';

/**
 * `RunOptions` with `inter_op_thread_pool: -1`: the kernel runs in the thread that calls. To wake another one for each picture
 * costs a tenth of its decoding.
 */
const IN_CALLING_THREAD = Uint8Array.of(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);

/** The same numbers as other decoders: exact inverse transform, colours interpolated. */
const ATTRIBUTES: readonly OpAttribute[] = [
  intAttribute('channels', 3),
  textAttribute('dct_method', 'INTEGER_ACCURATE'),
  boolAttribute('fancy_upscaling', true),
];

/** Whether TensorFlow gives the picture that sharp would: plain grey or colour, with no colour space to be converted. */
export const isPlainJpeg = (header: JpegHeader): boolean =>
  header.precision === 8 && (header.components === 1 || header.components === 3) && !header.hasProfile;

/** Decodes plain JPEGs into colours by TensorFlow's own kernel, on the calling thread. */
export class NativeJpegDecoder {
  private readonly call: SessionCall;
  private readonly runOptions: Pointer;

  /** Lives as long as its thread. */
  constructor(
    private readonly library: Library,
    config: SessionConfig,
  ) {
    const graph = new Graph(library);
    const session = new Session(library, graph, { ...config, threads: 1 });
    const input = graph.placeholder({ shape: [], dtype: DataType.string });
    this.call = session.prepare(
      [input],
      graph.add({ type: 'DecodeJpeg', attributes: ATTRIBUTES, inputs: [input] }),
      [],
    );
    this.runOptions = library.TF_NewBufferFromString(IN_CALLING_THREAD, IN_CALLING_THREAD.length);
  }

  /**
   * What `use` makes of the picture, which is gone afterwards.
   *
   * @throws TensorflowError where the file is damaged
   */
  decode<T>(bytes: Uint8Array, { orientation }: JpegHeader, use: (picture: DecodedPicture) => T): T {
    const { library, call, runOptions } = this;
    const file = newTensor(library, DataType.string, [], [bytes]);
    try {
      return call.runSync([file], runOptions, pixels => use(pictureOf(library, pixels, orientation)))[0];
    } finally {
      // Freeing a tensor doesn't free its strings.
      library.TF_StringDealloc(library.TF_TensorData(file));
      library.TF_DeleteTensor(file);
    }
  }
}

function pictureOf(library: Library, pixels: Pointer, orientation: number): DecodedPicture {
  const [rows, columns, channels] = shapeOfTensor(library, pixels);
  return {
    rows,
    columns,
    channels,
    orientation,
    copyTo: target => library.memcpy(target, library.TF_TensorData(pixels), rows * columns * channels),
  };
}
