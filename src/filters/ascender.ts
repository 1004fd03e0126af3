import { type HostArray, sizeOf } from '../array/hostArray.js';
import { checkCount } from '../error/checkCount.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { type Compiled, compile } from '../graph/compile.js';
import { OpenFunction, type OpenTraceOptions } from '../graph/openFunction.js';
import { currentNative } from '../native/backend.js';
import { DataType } from '../native/dataType.js';
import { checkDtypePolicy, type DtypePolicy } from '../native/dtypePolicy.js';
import { ascentStep } from './ascentStep.js';
import { EPSILON } from './deprocessImage.js';
import type { Objective } from './objective.js';
import { joinPictures, type Pictures, selectPictures } from './pictures.js';

export interface AscenderOptions {
  readonly objective: Objective;
  /** Pictures that are ascended together at most. */
  readonly batch?: number;
  /** Divided with: `g / (rms(g) + epsilon)`. Default: 1e-7. */
  readonly epsilon?: number;
  /**
   * Rows and columns of the pictures to come. oneDNN keeps one layout of each kernel; so small sizes, for which another one
   * would have to be made at each step, get a copy of what is compiled each. Default: one for all.
   */
  readonly sizes?: readonly number[];
  /** What steps compute in. Default: `float32`, which a machine without instructions for another one computes in any case. */
  readonly dtypePolicy?: DtypePolicy;
}

/** Takes steps of gradient ascent; owns what is compiled: one function for all sizes, where the objective allows it. */
export interface Ascender {
  readonly batch: number;
  /**
   * One step uphill, `x += stepSize · g / (rms(g) + ε)`, each picture with its own loss and its own root mean square: the
   * same as one by one. The losses are those before the step.
   */
  step(pictures: Pictures, stepSize: number): Promise<AscentResult>;
  /** Waits for the running step, then frees everything. */
  dispose(): Promise<void>;
}

export interface AscentResult {
  readonly losses: readonly number[];
  readonly pictures: Pictures;
}

/**
 * Compiles steps of gradient ascent for an objective. The network's weights are constants in them: changes later on are not seen.
 *
 * @throws InvalidArgumentError where `batch` isn't a whole number from 1 on, or there is no such dtype policy
 */
export function createAscender({
  objective,
  batch = 1,
  epsilon = EPSILON,
  sizes = [],
  dtypePolicy = 'float32',
}: AscenderOptions): Ascender {
  checkDtypePolicy(dtypePolicy);
  checkCount('createAscender', { batch }, 1);
  const bySize = new Map<string, Compiled<'x' | 'targets' | 'stepSize', 'losses' | 'x'>>();
  let anySize: OpenFunction | null | undefined;

  const alone = [...new Set(sizes)].filter(size => batch * size ** 2 <= SMALL).slice(0, MOST_COPIES);
  const larger = sizes.filter(size => !alone.includes(size));
  const open = async (pictures: Pictures): Promise<OpenFunction | null> => {
    const traced = traceForAnySize(objective, pictures, epsilon, { copies: alone.length + 1, dtypePolicy });
    if (traced !== null && larger.length > 0) {
      // TensorFlow keeps the layout that suits the first step best: one of the largest size is taken for nothing.
      const largest = Math.max(...larger);
      const shape = [batch, largest, largest, pictures.channels];
      const x = new Float32Array(sizeOf(shape));
      await runOpen(traced, { x, shape, targets: new Int32Array(batch), stepSize: 0 }, alone.length);
    }
    return traced;
  };
  const runForSize = async ({ x, shape, targets, stepSize }: StepInputs): Promise<StepResult> => {
    // A few widths only, so that filters that drop out don't ask for a function each.
    const width = Math.min(batch, 2 ** Math.ceil(Math.log2(targets.length)));
    const padded = [width, ...shape.slice(1)];
    const step =
      bySize.get(`${padded}`) ??
      compile(tensors => ascentStep(objective, tensors, epsilon), {
        inputs: { x: { shape: padded }, targets: { shape: [width], dtype: 'int32' }, stepSize: { shape: [] } },
        dtypePolicy,
      });
    bySize.set(`${padded}`, step);
    const values = new Float32Array((x.length / targets.length) * width);
    values.set(x);
    const after = await step({
      x: values,
      targets: Int32Array.from({ length: width }, (_, i) => targets[Math.min(i, targets.length - 1)]),
      stepSize: Float32Array.of(stepSize),
    });
    return { losses: valuesOf(after.losses), x: valuesOf(after.x) };
  };
  const takeStep = async (pictures: Pictures, stepSize: number): Promise<AscentResult> => {
    const { filters, size, channels, values: x } = pictures;
    const n = filters.length;
    if (anySize === undefined) anySize = await open(pictures);
    const inputs = { x, shape: [n, size, size, channels], targets: Int32Array.from(filters), stepSize };
    const copy = alone.includes(size) ? alone.indexOf(size) : alone.length;
    const after = await (anySize === null ? runForSize(inputs) : runOpen(anySize, inputs, copy));
    return {
      losses: [...after.losses.subarray(0, n)],
      pictures: { ...pictures, values: after.x.subarray(0, x.length) },
    };
  };
  const step = async (pictures: Pictures, stepSize: number): Promise<AscentResult> => {
    const { filters } = pictures;
    if (filters.length > batch) {
      throw new InvalidArgumentError(`${filters.length} pictures at once, but the ascender's batch is ${batch}.`);
    }
    const together = await takeStep(pictures, stepSize);
    if (filters.length === 1 || together.losses.every(Number.isFinite)) return together;
    // One filter's NaN comes into all pictures of the batch, as 0 · NaN.
    const apart: AscentResult[] = [];
    for (const i of filters.keys()) apart.push(await takeStep(selectPictures(pictures, [i]), stepSize));
    return {
      losses: apart.flatMap(({ losses }) => losses),
      pictures: joinPictures(apart.map(one => one.pictures)),
    };
  };
  let running: Promise<unknown> = Promise.resolve();
  return {
    batch,
    step(pictures, stepSize) {
      const result = step(pictures, stepSize);
      running = Promise.allSettled([running, result]);
      return result;
    },
    async dispose() {
      await running;
      await Promise.all([anySize?.dispose(), ...[...bySize.values()].map(compiled => compiled.dispose())]);
    },
  };
}

/** Pixels of a batch up to which rearranging the kernels of a VGG takes a good part of a step. */
const SMALL = 128 ** 2;

/** Each one holds the kernels once more: some 65 MB for VGG16's block 5. */
const MOST_COPIES = 9;

interface StepInputs {
  readonly x: Float32Array;
  readonly shape: readonly number[];
  readonly targets: Int32Array;
  readonly stepSize: number;
}

interface StepResult {
  readonly losses: Float32Array;
  readonly x: Float32Array;
}

/** Null where there is no native TensorFlow, or the objective can't be traced for all sizes at once. */
function traceForAnySize(
  objective: Objective,
  { size, channels }: Pictures,
  epsilon: number,
  options: Omit<OpenTraceOptions, 'examples'>,
): OpenFunction | null {
  const native = currentNative();
  if (native === undefined) return null;
  const inputs = [
    { shape: [-1, -1, -1, channels], dtype: DataType.float32 },
    { shape: [-1], dtype: DataType.int32 },
    { shape: [], dtype: DataType.float32 },
  ];
  const other = 2 * size + 1;
  try {
    return OpenFunction.trace(
      native,
      inputs,
      {
        examples: [
          [2, other, other, 2],
          [3, size, size, 3],
        ],
        ...options,
      },
      ([x, targets, stepSize]) => {
        const after = ascentStep(objective, { x, targets, stepSize }, epsilon);
        return [after.losses, after.x];
      },
    );
  } catch {
    // The function for one size tells what is wrong, or does without what failed.
    return null;
  }
}

async function runOpen(
  step: OpenFunction,
  { x, shape, targets, stepSize }: StepInputs,
  copy: number,
): Promise<StepResult> {
  const values = [x, targets, Float32Array.of(stepSize)];
  const [losses, after] = (await step.run(values, [shape, [targets.length], []], copy)) as Float32Array[];
  return { losses, x: after };
}

const valuesOf = ({ data }: HostArray): Float32Array => data as Float32Array;
