import { type dtypeOf, type HostData, sizeOf } from '../array/hostArray.js';
import type { Scaling } from '../data/source.js';
import type { RandomKey } from '../random/randomKey.js';
import type { Augmentation } from './augmentation.js';
import { augmentPictures } from './augmentPictures.js';

/** Pictures of one kind: what the threads that augment them are set up for. */
export interface PictureKind {
  readonly options: Augmentation;
  /** Of one picture. */
  readonly shape: readonly number[];
  readonly scaling: Scaling | undefined;
  readonly type: ReturnType<typeof dtypeOf>;
  /** Most pictures of a batch. */
  readonly capacity: number;
}

/** One batch in shared memory, on which several threads work at the same time. */
export interface SharedPictures {
  readonly kind: PictureKind;
  readonly control: Int32Array;
  /** By part: {@link control}'s turn once it is done, minus that where it failed. */
  readonly done: Int32Array;
  readonly rows: Int32Array;
  readonly input: HostData;
  readonly output: Float32Array;
}

/** Words of `control`. The turn counts batches; 0 before the first one, {@link ENDED} after the last. */
const TURN = 0;
const NEXT_PART = 1;
const PICTURES = 2;
const KEY = 3;
const WORDS = 5;

const ENDED = -1;
/** Stands in `NEXT_PART` between two turns: more than any number of parts. */
const CLOSED = 2 ** 30;

/** Values of a part: enough that waiting for the last one costs little, and that taking one costs nothing. */
const PART_VALUES = 2 ** 14;

const arrays = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array } as const;

export function sharedPictures(kind: PictureKind): SharedPictures {
  const { shape, type, capacity } = kind;
  const size = sizeOf(shape);
  const words = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(length * 4));
  const Type = arrays[type] as { new (memory: SharedArrayBuffer): HostData; readonly BYTES_PER_ELEMENT: number };
  const control = words(WORDS);
  control[NEXT_PART] = CLOSED;
  return {
    kind,
    control,
    done: words(Math.ceil(capacity / partSize(kind))),
    rows: words(capacity),
    input: new Type(new SharedArrayBuffer(capacity * size * Type.BYTES_PER_ELEMENT)),
    output: new Float32Array(new SharedArrayBuffer(capacity * size * 4)),
  };
}

/** Pictures of a part of a batch: what a thread takes at one time. */
const partSize = ({ shape }: PictureKind): number => Math.ceil(PART_VALUES / sizeOf(shape));

export const partCount = ({ kind, control }: SharedPictures): number => Math.ceil(control[PICTURES] / partSize(kind));

/**
 * Lets the threads begin with the batch whose rows and input were filled in. The parts are opened last: a thread that is
 * late from the turn before finds either none, or one of this turn with all that belongs to it.
 */
export function beginTurn({ control }: SharedPictures, pictures: number, key: RandomKey): void {
  control[KEY] = key[0];
  control[KEY + 1] = key[1];
  control[PICTURES] = pictures;
  Atomics.add(control, TURN, 1);
  Atomics.store(control, NEXT_PART, 0);
  Atomics.notify(control, TURN);
}

/** No part can be taken any more. */
export function endTurn({ control }: SharedPictures): void {
  Atomics.store(control, NEXT_PART, CLOSED);
}

/** Sends the threads home. */
export function endTurns({ control }: SharedPictures): void {
  Atomics.store(control, TURN, ENDED);
  Atomics.notify(control, TURN);
}

/** Number of a part that nobody else works on, or null where all are taken. */
export function takePart(pictures: SharedPictures): number | null {
  const part = Atomics.add(pictures.control, NEXT_PART, 1);
  return part < partCount(pictures) ? part : null;
}

/** What a thread does from its start to the end of all turns. A part that fails is left to the one who waits for it. */
export function helpAugment(pictures: SharedPictures): void {
  const { control, done, output } = pictures;
  for (let turn = Atomics.load(control, TURN); turn !== ENDED; turn = Atomics.load(control, TURN)) {
    for (let part = takePart(pictures); part !== null; part = takePart(pictures)) {
      const mark = Atomics.load(control, TURN);
      let sign = -1;
      try {
        augmentPart(pictures, part, output);
        sign = 1;
      } catch {
        // It will be thrown again where somebody can catch it.
      }
      Atomics.store(done, part, sign * mark);
      Atomics.notify(done, part);
    }
    Atomics.wait(control, TURN, turn);
  }
}

/**
 * Waits until another thread has done a part.
 *
 * @param patience milliseconds
 * @returns `late` where it was not done in time
 */
export function awaitPart(
  { control, done }: SharedPictures,
  part: number,
  patience: number,
): 'done' | 'failed' | 'late' {
  const turn = Atomics.load(control, TURN);
  for (;;) {
    const mark = Atomics.load(done, part);
    if (mark === turn) return 'done';
    if (mark === -turn) return 'failed';
    if (Atomics.wait(done, part, mark, patience) === 'timed-out') return 'late';
  }
}

/** Places of a part's pictures in the batch: from the first to before the second. */
export function partBounds({ kind, control }: SharedPictures, part: number): [number, number] {
  const length = partSize(kind);
  return [part * length, Math.min((part + 1) * length, control[PICTURES])];
}

/** Augments a part into `output`, which is the shared one, or one of the same size. */
export function augmentPart(pictures: SharedPictures, part: number, output: Float32Array): void {
  const { kind, control, rows, input } = pictures;
  const { options, shape, scaling } = kind;
  const size = sizeOf(shape);
  const key: RandomKey = [control[KEY], control[KEY + 1]];
  const read = (index: number): HostData => input.subarray(index * size, (index + 1) * size);
  augmentPictures(options, { shape, scaling, rows, key, read }, output, ...partBounds(pictures, part));
}
