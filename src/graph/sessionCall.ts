import koffi from 'koffi';
import type { TensorData } from '../native/dataType.js';
import type { Library } from '../native/library.js';
import { newTensor, readTensor, type TensorValues } from '../native/nativeTensor.js';
import type { Pointer } from '../native/signatures.js';
import { Status } from '../native/status.js';
import { type Output, packOutputs } from './graph.js';
import { type OperationTime, operationTimes } from './stepStats.js';

/** The arguments of one `TF_SessionRun`, laid out once in native memory and used again for each run. */
export class SessionCall {
  private readonly status: Status;
  private readonly memory: Pointer;
  private readonly fedTensors: BigUint64Array;
  private readonly fetchedTensors: BigUint64Array;
  private readonly address: Record<'feeds' | 'fedTensors' | 'fetches' | 'fetchedTensors' | 'targets', Pointer>;

  constructor(
    private readonly library: Library,
    private readonly session: Pointer,
    private readonly feeds: readonly Output[],
    private readonly fetches: readonly Output[],
    private readonly targets: readonly Pointer[],
  ) {
    this.status = new Status(library);
    const words = 3 * feeds.length + 3 * fetches.length + targets.length;
    this.memory = koffi.alloc('uint64', Math.max(words, 1)) as Pointer;
    const all = new BigUint64Array(koffi.view(this.memory, Math.max(words, 1) * 8));
    let offset = 0;
    const take = (length: number): { view: BigUint64Array; address: Pointer } => {
      const part = { view: all.subarray(offset, offset + length), address: this.memory + BigInt(offset * 8) };
      offset += length;
      return part;
    };
    const feedOutputs = take(2 * feeds.length);
    const fed = take(feeds.length);
    const fetchOutputs = take(2 * fetches.length);
    const fetched = take(fetches.length);
    const targetOperations = take(targets.length);
    feedOutputs.view.set(packOutputs(feeds));
    fetchOutputs.view.set(packOutputs(fetches));
    targetOperations.view.set(targets);
    this.fedTensors = fed.view;
    this.fetchedTensors = fetched.view;
    this.address = {
      feeds: feedOutputs.address,
      fedTensors: fed.address,
      fetches: fetchOutputs.address,
      fetchedTensors: fetched.address,
      targets: targetOperations.address,
    };
  }

  /**
   * `values`: one for each feed, in order; `shapes` where they aren't the feeds' own. Resolves to copies of what was
   * fetched.
   */
  run(values: readonly TensorValues[], shapes?: readonly (readonly number[])[]): Promise<TensorData[]> {
    return this.runWith(values, shapes, null, null);
  }

  async profile(values: readonly TensorValues[]): Promise<OperationTime[]> {
    const { library } = this;
    const fullTrace = library.TF_NewBufferFromString(Uint8Array.of(0x08, 0x03), 2);
    const metadata = library.TF_NewBuffer();
    try {
      await this.runWith(values, undefined, fullTrace, metadata);
      return operationTimes(readBuffer(metadata));
    } finally {
      library.TF_DeleteBuffer(fullTrace);
      library.TF_DeleteBuffer(metadata);
    }
  }

  private async runWith(
    values: readonly TensorValues[],
    shapes: readonly (readonly number[])[] | undefined,
    options: Pointer | null,
    metadata: Pointer | null,
  ): Promise<TensorData[]> {
    const { library, feeds } = this;
    const tensors: Pointer[] = [];
    try {
      for (const [i, { dtype, shape }] of feeds.entries()) {
        tensors.push(newTensor(library, dtype, shapes?.[i] ?? shape, values[i]));
      }
      this.fedTensors.set(tensors);
      await this.call(options, metadata);
      return this.takeResults(tensor => readTensor(library, tensor) as TensorData);
    } finally {
      for (const tensor of tensors) library.TF_DeleteTensor(tensor);
    }
  }

  /**
   * One run at once, on the calling thread, on tensors that stay the caller's. The results are freed when `use` has had them all.
   *
   * @param options a `TF_Buffer` with a `RunOptions`
   */
  runSync<T>(tensors: readonly Pointer[], options: Pointer, use: (result: Pointer) => T): T[] {
    this.fedTensors.set(tensors);
    this.library.TF_SessionRun(...this.arguments(options, null));
    this.status.check('a call');
    return this.takeResults(use);
  }

  private async call(options: Pointer | null, metadata: Pointer | null): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.library.TF_SessionRun.async(...this.arguments(options, metadata), error =>
        error === null ? resolve() : reject(error),
      );
    });
    this.status.check('the compiled step');
  }

  /** Of `TF_SessionRun`. */
  private arguments(options: Pointer | null, metadata: Pointer | null) {
    const { address, feeds, fetches, session, status, targets } = this;
    return [
      ...([session, options] as const),
      ...([address.feeds, address.fedTensors, feeds.length] as const),
      ...([address.fetches, address.fetchedTensors, fetches.length] as const),
      ...([address.targets, targets.length, metadata, status.pointer] as const),
    ] as const;
  }

  private takeResults<T>(use: (result: Pointer) => T): T[] {
    const tensors = Array.from(this.fetchedTensors);
    try {
      return tensors.map(use);
    } finally {
      for (const tensor of tensors) this.library.TF_DeleteTensor(tensor);
    }
  }

  dispose(): void {
    this.status.dispose();
    koffi.free(this.memory);
  }
}

/** Contents of a `struct TF_Buffer { const void *data; size_t length; … }`. */
function readBuffer(buffer: Pointer): Uint8Array {
  const [data, length] = new BigUint64Array(koffi.view(buffer, 16));
  return new Uint8Array(koffi.view(data, Number(length))).slice();
}
