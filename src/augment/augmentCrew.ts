import { Worker } from 'node:worker_threads';
import { dtypeOf, sizeOf } from '../array/hostArray.js';
import type { Augmentation } from './augmentation.js';
import { augmentPictures } from './augmentPictures.js';
import {
  augmentPart,
  awaitPart,
  beginTurn,
  endTurn,
  endTurns,
  type PictureKind,
  partBounds,
  partCount,
  type SharedPictures,
  sharedPictures,
  takePart,
} from './sharedPictures.js';
import type { StoredPictures } from './storedPictures.js';

let running = 0;

/** Threads that have not ended: for tests that none is left behind. */
export const runningThreads = (): number => running;

/**
 * Threads that augment batches together with the calling one, in memory that all of them see. The caller takes parts of the
 * batch like the others, so a thread that is still starting, or busy elsewhere, delays nothing; and the caller gets its pixels
 * from the call. They are those of {@link augmentPictures}, whatever the number of threads.
 */
export class AugmentCrew {
  private shared: SharedPictures | undefined;
  private workers: readonly Worker[] = [];
  private isAbandoned = false;

  /**
   * @param helpers threads beside the calling one; they start with the first batch
   * @param patience after so many milliseconds a thread that has not finished its part is taken for dead
   */
  constructor(
    private readonly options: Augmentation,
    private readonly helpers: number,
    private readonly patience = 10_000,
  ) {}

  /** Pixels of a batch, scaled. */
  augment(pictures: StoredPictures): Float32Array {
    const { shape, rows } = pictures;
    const size = sizeOf(shape);
    const output = new Float32Array(rows.length * size);
    const isAlone = this.helpers === 0 || this.isAbandoned || !haveOneType(pictures);
    if (isAlone) augmentPictures(this.options, pictures, output);
    else this.augmentTogether(this.sharedFor(pictures), pictures, output, size);
    return output;
  }

  /** Ends the threads. */
  close(): void {
    if (this.shared !== undefined) endTurns(this.shared);
    this.shared = undefined;
    for (const worker of this.workers) void worker.terminate();
    this.workers = [];
  }

  private augmentTogether(shared: SharedPictures, pictures: StoredPictures, output: Float32Array, size: number): void {
    const { rows, key, read } = pictures;
    shared.rows.set(rows);
    for (let i = 0; i < rows.length; i++) shared.input.set(read(i), i * size);
    beginTurn(shared, rows.length, key);
    try {
      const others = new Set(Array.from({ length: partCount(shared) }, (_, part) => part));
      for (let part = takePart(shared); part !== null; part = takePart(shared)) {
        others.delete(part);
        augmentPart(shared, part, output);
      }
      for (const part of others) this.collectPart(shared, part, pictures, output, size);
      endTurn(shared);
    } catch (error) {
      // The others may still be at it: the next batch gets new ones.
      this.close();
      throw error;
    }
  }

  /** A part that another thread has taken. */
  private collectPart(
    shared: SharedPictures,
    part: number,
    pictures: StoredPictures,
    output: Float32Array,
    size: number,
  ): void {
    const ending = this.isAbandoned ? 'late' : awaitPart(shared, part, this.patience);
    const [from, to] = partBounds(shared, part);
    if (ending === 'done') output.set(shared.output.subarray(from * size, to * size), from * size);
    // The same pixels, or the same error, this time where it can be caught.
    else augmentPictures(this.options, pictures, output, from, to);
    if (ending === 'late') this.abandon();
  }

  /** Memory for batches of this kind, and threads that look at it. */
  private sharedFor({ shape, rows, scaling, read }: StoredPictures): SharedPictures {
    const type = dtypeOf(read(0));
    const kind = this.shared?.kind;
    const fits =
      kind !== undefined &&
      kind.scaling === scaling &&
      kind.type === type &&
      kind.capacity >= rows.length &&
      String(kind.shape) === String(shape);
    if (this.shared !== undefined && fits) return this.shared;
    this.close();
    return this.start({ options: this.options, shape, scaling, type, capacity: rows.length });
  }

  private start(kind: PictureKind): SharedPictures {
    const shared = sharedPictures(kind);
    this.shared = shared;
    this.workers = Array.from({ length: this.helpers }, () => {
      const worker = new Worker(new URL('./augmentWorker.js', import.meta.url), {
        workerData: shared,
        // Options of the process may be none for a thread, as --input-type is.
        execArgv: [],
      });
      running++;
      worker.once('exit', () => running--);
      // Whoever forgets a subscription shall not keep the process alive.
      worker.unref();
      worker.on('error', error => this.warn(`A thread that augments pictures ended: ${error.message}`));
      return worker;
    });
    return shared;
  }

  /** The threads may still write into the shared memory: it is never looked at again. */
  private abandon(): void {
    if (this.isAbandoned) return;
    this.isAbandoned = true;
    this.close();
    this.warn(`A thread that augments pictures did not answer for ${this.patience / 1000} s.`);
  }

  private warn(what: string): void {
    process.emitWarning(`${what} Pictures are augmented on the calling thread alone.`);
  }
}

/** Whether shared memory of one type can hold them: of a batch some pictures may be bytes and others floats. */
function haveOneType({ rows, read }: StoredPictures): boolean {
  const types = new Set(Array.from(rows, (_, index) => dtypeOf(read(index))));
  return types.size === 1;
}
