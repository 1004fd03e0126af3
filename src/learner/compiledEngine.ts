import type * as tf from '@tensorflow/tfjs-core';
import { asFloat32, type HostArray } from '../array/hostArray.js';
import type { Batch } from '../data/batch.js';
import { type CompiledFunction, Compiler, type CompilerOptions } from '../graph/compiler.js';
import type { InputSpec } from '../graph/graph.js';
import type { Tracer } from '../graph/tracer.js';
import type { Native } from '../native/backend.js';
import { CountingExecutor } from '../native/countingExecutor.js';
import { DataType, type TensorData } from '../native/dataType.js';
import type { TensorValues } from '../native/nativeTensor.js';
import { EagerEngine } from './eagerEngine.js';
import type { Engine } from './engine.js';
import type { LearnerWarning, StepOptions, TrainingStep } from './learner.js';
import type { BatchProgram, Examples, Fed, InputsProgram, Program } from './program.js';
import { ResidentSources } from './residentSources.js';
import type { StepProfile } from './stepProfile.js';
import { traceableExamples } from './traceableExamples.js';

const scalar: InputSpec = { shape: [], dtype: DataType.float32 };
const seedSpec: InputSpec = { shape: [2], dtype: DataType.int32 };

interface PreparedCall {
  readonly compiled: CompiledFunction;
  readonly values: readonly TensorValues[];
}

/** What a step or an evaluation of one batch is fed, and how it is traced. */
interface TracedPart {
  /** Equal for what is traced alike. */
  readonly key: string;
  readonly specs: readonly InputSpec[];
  readonly values: readonly TensorValues[];
  trace(inputs: tf.Tensor[], tracer: Tracer): tf.Tensor;
}

/** Steps whose median is the time of a step. */
const profiledSteps = 20;

/** Input shapes that predictions stay compiled for. Each takes megabytes, and more time than the last: a graph only grows. */
const maxPredictions = 32;

/** How large a graph becomes before another takes its place, once it has `minFunctions`: some 600 MB. */
const maxOperations = 60_000;

/** As many stay compiled, however large they are: a training step, an evaluation and a prediction, each of whole and of last batches. */
const minFunctions = 8;

export interface CompiledEngineOptions extends Required<CompilerOptions> {
  /** Is told what a user should know of. */
  warn(warning: LearnerWarning): void;
  /** How large a graph becomes before another takes its place. Default 60,000. */
  readonly maxOperations?: number;
}

/** Traces the program once for each shape of batch and runs a step as one native call, off the JavaScript thread. */
export class CompiledEngine implements Engine {
  readonly compiled = true;
  readonly augments: boolean;
  private readonly functions = new Map<string, CompiledFunction>();
  private readonly predictions = new Map<string, CompiledFunction>();
  private compiler: Compiler;
  private residents: ResidentSources;
  private loaded = false;

  constructor(
    private readonly native: Native,
    private readonly program: Program,
    private readonly options: CompiledEngineOptions,
  ) {
    this.augments = native.binding.isUsingGpuDevice();
    this.compiler = new Compiler(native, program.variables, options);
    this.residents = new ResidentSources(this.compiler.variables);
  }

  async train(steps: readonly TrainingStep[]): Promise<ArrayLike<number>[]> {
    const prepared = await this.prepared(async () => {
      const parts: TracedPart[] = [];
      for (const step of steps) parts.push(await this.trainingPart(step));
      return parts.every(({ key }) => key === parts[0].key) ? [parts] : parts.map(part => [part]);
    });
    const results: ArrayLike<number>[] = [];
    for (const { compiled, values } of prepared) results.push(...((await compiled.run(values)) as Float32Array[]));
    return results;
  }

  async profile(batch: Batch, options: StepOptions): Promise<StepProfile> {
    const [{ compiled, values }] = await this.prepared(async () => [[await this.trainingPart({ batch, ...options })]]);
    const times: number[] = [];
    for (let i = 0; i < profiledSteps; i++) {
      const start = performance.now();
      await compiled.run(values);
      times.push(performance.now() - start);
    }
    const counting = new CountingExecutor(this.native.binding.eager);
    const eager = new EagerEngine(this.program);
    // It works on tfjs's copies of the variables, which the session's values replace in the end.
    await this.native.binding.during(counting, () => eager.train([{ batch, ...options }]));
    return {
      shards: this.options.shards,
      eager: counting.counts,
      traced: this.compiler.graph.operationCounts,
      kernels: await compiled.profile(values),
      milliseconds: times.sort((a, b) => a - b)[Math.floor(times.length / 2)],
    };
  }

  async evaluate(batch: Batch): Promise<ArrayLike<number>> {
    const evaluate = (on: BatchProgram, examples: Examples) => on.evaluate(examples);
    const [{ compiled, values }] = await this.prepared(async () => [
      [await this.part('evaluate', batch, [], [], evaluate)],
    ]);
    const [result] = await compiled.run(values);
    return result as Float32Array;
  }

  async predict(on: InputsProgram): Promise<HostArray[]> {
    await this.load();
    const key = [on.key, ...on.inputs.map(({ shape }) => shape.join())].join(';');
    if (!this.predictions.has(key) && (this.predictions.size >= maxPredictions || this.isFull)) await this.beginAnew();
    const predict = compiledOnce(this.predictions, key, () =>
      this.compiler.compile(
        on.inputs.map(({ shape }) => ({ shape, dtype: DataType.float32 })),
        traced => on.predict(traced),
      ),
    );
    const outputs = await predict.run(on.inputs.map(({ data }) => asFloat32(data)));
    return outputs.map((data, i) => ({ data: data as Float32Array, shape: predict.outputShapes[i] }));
  }

  async read(): Promise<TensorData[]> {
    await this.load();
    return this.compiler.variables.read();
  }

  async write(values: ReadonlyMap<tf.Variable, TensorData>): Promise<void> {
    await this.load();
    await this.compiler.variables.write(values);
  }

  async store(): Promise<void> {
    if (this.loaded) await this.compiler.variables.store();
  }

  async dispose(): Promise<void> {
    try {
      await this.store();
    } finally {
      await this.compiler.dispose();
    }
  }

  private async load(): Promise<void> {
    if (this.loaded) return;
    await this.compiler.variables.load();
    this.loaded = true;
  }

  /** TensorFlow takes nothing out of a graph: another one in its place, for the same values. What is used again is traced again. */
  private async beginAnew(): Promise<void> {
    const values = await this.compiler.variables.read();
    await this.compiler.dispose();
    this.functions.clear();
    this.predictions.clear();
    this.compiler = new Compiler(this.native, this.program.variables, this.options);
    this.residents = new ResidentSources(this.compiler.variables);
    await this.compiler.variables.write(new Map(this.program.variables.map((variable, i) => [variable, values[i]])));
  }

  private trainingPart({ batch, learningRate, iterations }: TrainingStep): Promise<TracedPart> {
    const numbers = [learningRate, iterations, ...(this.program.furtherRates?.(iterations) ?? [])];
    const specs = [seedSpec, ...numbers.map(() => scalar)];
    const fed = [Int32Array.of(batch.seed, iterations), ...numbers.map(number => Float32Array.of(number))];
    return this.part('train', batch, specs, fed, (on, examples, [seed, ...scalars]) => {
      const [rate, count, ...furtherRates] = scalars as tf.Scalar[];
      const fed: Fed = { learningRate: rate, iterations: count, seed: { tensor: seed as tf.Tensor1D, host: null } };
      return on.train(examples, fed, furtherRates);
    });
  }

  private async part(
    kind: string,
    batch: Batch,
    fedSpecs: readonly InputSpec[],
    fed: readonly TensorData[],
    step: (on: BatchProgram, examples: Examples, fed: tf.Tensor[]) => tf.Tensor,
  ): Promise<TracedPart> {
    await this.load();
    const examples = await traceableExamples(batch, this.residents);
    const on = this.program.onBatch(batch);
    const count = examples.specs.length;
    return {
      key: `${kind}:${on.key}:${examples.key}`,
      specs: [...examples.specs, ...fedSpecs],
      values: [...examples.values, ...fed],
      trace: (inputs, tracer) => step(on, examples.trace(inputs.slice(0, count), tracer), inputs.slice(count)),
    };
  }

  private get isFull(): boolean {
    return (
      this.compiler.graph.size > (this.options.maxOperations ?? maxOperations) &&
      this.functions.size + this.predictions.size >= minFunctions
    );
  }

  /**
   * Calls, each of parts of one key, one after the other; in another graph where this one is full. What can't be traced is found before
   * anything is run: all of it is repeated eagerly then.
   */
  private async prepared(callsOf: () => Promise<readonly (readonly TracedPart[])[]>): Promise<PreparedCall[]> {
    let calls = await callsOf();
    if (this.isFull && calls.some(parts => !this.functions.has(keyOf(parts)))) {
      await this.beginAnew();
      this.options.warn(MANY_SHAPES);
      calls = await callsOf();
    }
    return calls.map(parts => this.prepare(parts));
  }

  /** Traced where it is the first of its kind. */
  private prepare(parts: readonly TracedPart[]): PreparedCall {
    const [{ specs, trace }] = parts;
    const count = specs.length;
    const compiled = compiledOnce(this.functions, keyOf(parts), () =>
      this.compiler.compile(
        parts.flatMap(part => part.specs),
        (inputs, tracer) =>
          parts.map((_, i) => {
            if (i > 0) tracer.nextStep();
            return trace(inputs.slice(i * count, (i + 1) * count), tracer);
          }),
      ),
    );
    return { compiled, values: parts.flatMap(({ values }) => values) };
  }
}

/** Told once a learner. */
const MANY_SHAPES: LearnerWarning = {
  code: 'many-shapes',
  message:
    'Batches of so many shapes came that not all of their steps can stay compiled: each new shape takes longer than a step. Give ' +
    'batches of few shapes, such as sequences padded to one of a few lengths.',
};

const keyOf = (parts: readonly TracedPart[]): string => `${parts[0].key}:${parts.length}`;

function compiledOnce(
  functions: Map<string, CompiledFunction>,
  key: string,
  compile: () => CompiledFunction,
): CompiledFunction {
  let compiled = functions.get(key);
  if (compiled === undefined) {
    compiled = compile();
    functions.set(key, compiled);
  }
  return compiled;
}
