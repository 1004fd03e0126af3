import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import type { HostData } from '../../../src/array/hostArray.js';
import { type Augmentation, augmentation } from '../../../src/augment/augmentation.js';
import { augmentKey } from '../../../src/augment/augmentKey.js';
import { augmentPictures } from '../../../src/augment/augmentPictures.js';
import type { StoredPictures } from '../../../src/augment/storedPictures.js';
import type { Scaling } from '../../../src/data/source.js';
import { built } from '../../helpers/built.js';

const { AugmentCrew, runningThreads } =
  await built<typeof import('../../../src/augment/augmentCrew.js')>('src/augment/augmentCrew.js');
const shared = await built<typeof import('../../../src/augment/sharedPictures.js')>('src/augment/sharedPictures.js');

const SHAPE = [24, 20, 3];
const SIZE = 1440;
const changes = augmentation({ rotationRange: 20, horizontalFlip: true, channelShiftRange: 9 });

interface Given {
  readonly data?: HostData;
  readonly shape?: readonly number[];
  readonly scaling?: Scaling | undefined;
  readonly epoch?: number;
}

const bytes = Uint8Array.from({ length: 200 * SIZE }, (_, i) => (i * 7919) % 251);

/** `count` pictures, other ones in another epoch. */
function picturesOf(count: number, { data = bytes, shape = SHAPE, scaling, epoch = 0 }: Given = {}): StoredPictures {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const rows = Int32Array.from({ length: count }, (_, i) => (i * 17 + epoch) % (data.length / size));
  const read = (index: number) => data.subarray(rows[index] * size, (rows[index] + 1) * size);
  return { shape, rows, key: augmentKey(7, epoch), scaling, read };
}

function alone(pictures: StoredPictures, options = changes): Float32Array {
  const [first] = [pictures.read(0)];
  const output = new Float32Array(pictures.rows.length * first.length);
  augmentPictures(options, pictures, output);
  return output;
}

/** `toEqual` takes a second for so many numbers. */
function expectSame(pixels: Float32Array, wanted: Float32Array): void {
  expect(pixels.length).toBe(wanted.length);
  expect(pixels.findIndex((value, i) => value !== wanted[i])).toBe(-1);
}

async function withCrew(
  helpers: number,
  use: (crew: InstanceType<typeof AugmentCrew>) => unknown,
  options: Augmentation = changes,
  patience?: number,
): Promise<void> {
  const crew = new AugmentCrew(options, helpers, patience);
  try {
    await use(crew);
  } finally {
    crew.close();
  }
}

async function untilThreadsAre(count: number): Promise<void> {
  for (let i = 0; i < 200 && runningThreads() !== count; i++) await wait(10);
  expect(runningThreads()).toBe(count);
}

afterEach(() => untilThreadsAre(0));

describe('AugmentCrew', () => {
  it.each([0, 1, 3])("gives one thread's pixels with %i helpers, from their start to long after", helpers =>
    withCrew(helpers, async crew => {
      for (let epoch = 0; epoch < 8; epoch++) {
        const pictures = picturesOf(100, { epoch });
        expectSame(crew.augment(pictures), alone(pictures));
        await wait(20);
      }
    }),
  );

  const mean = { data: Float32Array.from({ length: SIZE }, (_, i) => i / SIZE), shape: SHAPE };
  it.each<[string, StoredPictures]>([
    ['fewer pictures', picturesOf(3)],
    ['more pictures', picturesOf(60)],
    ['none', picturesOf(0)],
    ['another shape', picturesOf(40, { shape: [20, 24, 3] })],
    ['another type', picturesOf(40, { data: Float32Array.from(bytes, value => value / 251) })],
    ['whole numbers', picturesOf(40, { data: Int32Array.from(bytes, value => value - 100) })],
    ['a factor', picturesOf(40, { scaling: { scale: 1 / 255 } })],
    ['a factor and a mean', picturesOf(40, { scaling: { scale: 1 / 255, mean } })],
  ])('goes on with batches of another kind: %s', (_, pictures) =>
    withCrew(2, async crew => {
      for (const batch of [picturesOf(40), pictures, picturesOf(40, { epoch: 1 }), pictures]) {
        expectSame(crew.augment(batch), alone(batch));
        await wait(20);
      }
    }),
  );

  it('has the same pixels where some of a batch are bytes and others floats', () =>
    withCrew(1, async crew => {
      const { read, ...pictures } = picturesOf(60);
      const mixed = (index: number) => (index % 3 === 1 ? Float32Array.from(read(index), v => v + 0.5) : read(index));
      for (let turn = 0; turn < 5; turn++) {
        expectSame(crew.augment({ ...pictures, read: mixed }), alone({ ...pictures, read: mixed }));
        await wait(20);
      }
    }));

  it('throws here what a thread could not throw', () =>
    withCrew(1, async crew => {
      const flat = { ...picturesOf(90), shape: [24, 60] };
      for (let i = 0; i < 5; i++) {
        expect(() => crew.augment(flat)).toThrow("A picture of shape [24,60] can't be augmented");
        await wait(20);
      }
      expectSame(crew.augment(picturesOf(90)), alone(picturesOf(90)));
    }));

  it('starts its threads with the first batch, and ends them', async () => {
    const crew = new AugmentCrew(changes, 2);
    expect(runningThreads()).toBe(0);
    crew.augment(picturesOf(4));
    expect(runningThreads()).toBe(2);
    crew.close();
    await untilThreadsAre(0);
  });

  it('goes on alone, with a warning, where a thread does not finish in time', async () => {
    const warnings: string[] = [];
    const listen = ({ message }: Error) => warnings.push(message);
    process.on('warning', listen);
    const large = picturesOf(10, { data: new Uint8Array(10 * 120_000).fill(9), shape: [200, 200, 3] });
    const slow = augmentation({ rotationRange: 20, fillMode: 'reflect' });
    const wanted = alone(large, slow);
    await withCrew(
      1,
      async crew => {
        for (let i = 0; i < 20 && warnings.length === 0; i++) {
          expectSame(crew.augment(large), wanted);
          await wait(20);
        }
        expectSame(crew.augment(large), wanted);
      },
      slow,
      0,
    );
    process.off('warning', listen);
    expect(warnings).toEqual([expect.stringContaining('Pictures are augmented on the calling thread alone.')]);
  });
});

describe('helpAugment', () => {
  const kind = { options: changes, shape: SHAPE, scaling: undefined, type: 'uint8', capacity: 50 } as const;

  /** A batch of which this thread does nothing. */
  async function helped(shape: readonly number[], use: (pictures: ReturnType<typeof shared.sharedPictures>) => void) {
    const pictures = shared.sharedPictures({ ...kind, shape });
    const file = new URL('../../../dist/src/augment/augmentWorker.js', import.meta.url);
    const worker = new Worker(file, { workerData: pictures });
    try {
      use(pictures);
    } finally {
      shared.endTurns(pictures);
      await worker.terminate();
    }
  }

  function begin(pictures: ReturnType<typeof shared.sharedPictures>, given: StoredPictures): void {
    pictures.rows.set(given.rows);
    for (let i = 0; i < given.rows.length; i++) pictures.input.set(given.read(i), i * SIZE);
    shared.beginTurn(pictures, given.rows.length, given.key);
  }

  const parts = (pictures: ReturnType<typeof shared.sharedPictures>) =>
    Array.from({ length: shared.partCount(pictures) }, (_, part) => shared.awaitPart(pictures, part, 5000));

  it('does all parts of several batches', () =>
    helped(SHAPE, pictures => {
      for (const given of [picturesOf(50), picturesOf(31, { epoch: 1 }), picturesOf(50, { epoch: 2 })]) {
        begin(pictures, given);
        expect(new Set(parts(pictures))).toEqual(new Set(['done']));
        expectSame(pictures.output.slice(0, given.rows.length * SIZE), alone(given));
        shared.endTurn(pictures);
      }
    }));

  it('says which parts failed', () =>
    helped([24, 60], pictures => {
      begin(pictures, picturesOf(50));
      expect(parts(pictures)).toEqual(new Array(shared.partCount(pictures)).fill('failed'));
    }));

  it('is late where nobody works', () => {
    const pictures = shared.sharedPictures(kind);
    begin(pictures, picturesOf(50));
    expect(shared.awaitPart(pictures, 0, 5)).toBe('late');
  });
});
