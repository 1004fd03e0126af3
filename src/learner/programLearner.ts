import * as tf from '@tensorflow/tfjs-core';
import { type HostArray, sizeOf } from '../array/hostArray.js';
import type { Batch } from '../data/batch.js';
import { GradstreamError } from '../error/gradstreamError.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { NotTraceableError } from '../graph/notTraceableError.js';
import { currentNative } from '../native/backend.js';
import type { TensorData } from '../native/dataType.js';
import { type DtypePolicy, policyInUse, whyFloat32 } from '../native/dtypePolicy.js';
import type { Optimizer } from '../optimizer/optimizer.js';
import { CompiledEngine } from './compiledEngine.js';
import { EagerEngine } from './eagerEngine.js';
import type { Engine } from './engine.js';
import type {
  Learner,
  LearnerMetric,
  LearnerState,
  LearnerWarning,
  ModelOutput,
  NamedArray,
  StepOptions,
  StepResult,
  TrainingStep,
} from './learner.js';
import type { Program } from './program.js';
import { requireArray, requireBatch, requireRate } from './requireGiven.js';
import { slotsInOrder } from './slotsInOrder.js';
import type { StepProfile } from './stepProfile.js';
import type { NamedVariable } from './weightSlots.js';

/** A call came after `dispose`. */
export class LearnerDisposedError extends GradstreamError {
  constructor() {
    super('This learner is disposed: its weights are in the model, its memory is freed. Create a new one to go on.');
  }
}

/** How steps are carried out. */
interface Execution {
  readonly compile: boolean;
  readonly dtypePolicy: DtypePolicy;
  readonly shards: number;
}

/** Carries a program out, one call after the other, by the engine that is in use. */
export class ProgramLearner implements Learner {
  readonly parameters: number;
  readonly backend: string;
  readonly learningRate: (iterations: number) => number;
  /** Weights, then slots: what a state consists of. */
  private readonly named: readonly NamedVariable[];
  private readonly policy: DtypePolicy;
  private engine: Engine;
  private running: Promise<unknown> = Promise.resolve();
  private warnings: LearnerWarning[] = [];
  private readonly warned = new Set<string>();
  private disposed = false;
  private updates = 0;

  constructor(
    private readonly program: Program,
    optimizer: Optimizer,
    readonly metrics: readonly LearnerMetric[],
    { compile, dtypePolicy, shards }: Execution,
    private readonly release: () => void,
  ) {
    this.parameters = program.weights.reduce((sum, { variable }) => sum + sizeOf(variable.shape), 0);
    const { learningRate } = optimizer;
    this.learningRate = typeof learningRate === 'number' ? () => learningRate : learningRate;
    this.named = [...program.weights, ...program.namedSlots];
    const native = currentNative();
    this.backend = tf.getBackend();
    this.engine =
      compile && native !== undefined
        ? new CompiledEngine(native, program, { dtypePolicy, shards, warn: warning => this.warn(warning) })
        : new EagerEngine(program);
    const why = whyFloat32(dtypePolicy, native);
    if (why !== undefined) this.warn({ code: 'float32', message: why });
    this.policy = policyInUse(dtypePolicy, native);
  }

  get iterations(): number {
    return this.updates;
  }

  get compiled(): boolean {
    return this.engine.compiled;
  }

  get dtypePolicy(): DtypePolicy {
    return this.compiled ? this.policy : 'float32';
  }

  get evaluates(): boolean {
    return this.program.evaluates ?? true;
  }

  get augments(): boolean {
    return this.engine.augments;
  }

  async step(batch: Batch, options: StepOptions): Promise<StepResult> {
    const [result] = await this.steps([{ batch, ...options }]);
    return result;
  }

  steps(steps: readonly TrainingStep[]): Promise<StepResult[]> {
    return this.enqueue(async engine => {
      for (const step of steps) {
        requireRate(step);
        requireBatch(step.batch);
      }
      const packed = steps.length === 0 ? [] : await engine.train(steps);
      for (const { iterations } of steps) this.updates = iterations + 1;
      return steps.map(({ batch }, i) => this.result(batch.size, packed[i]));
    });
  }

  evaluate(batch: Batch): Promise<StepResult> {
    return this.enqueue(async engine => {
      requireBatch(batch);
      return this.result(batch.size, await engine.evaluate(batch));
    });
  }

  predict(x: HostArray, auxInputs?: Readonly<Record<string, HostArray>>): Promise<ModelOutput> {
    return this.enqueue(async engine => {
      for (const array of [x, ...Object.values(auxInputs ?? {})]) requireArray(array);
      const on = this.program.onInputs({ x, ...(auxInputs && { aux: { inputs: auxInputs } }) });
      return this.withWarnings(on.output(await engine.predict(on)));
    });
  }

  state(): Promise<LearnerState> {
    return this.enqueue(async engine => {
      const values = await engine.read();
      const arrays = this.named.map(
        ({ name, variable }, i): NamedArray => ({ name, shape: variable.shape, data: values[i] as Float32Array }),
      );
      const count = this.program.weights.length;
      return { weights: arrays.slice(0, count), slots: arrays.slice(count), iterations: this.updates };
    });
  }

  restore(state: LearnerState): Promise<void> {
    return this.enqueue(async engine => {
      const { weights, namedSlots } = this.program;
      // By place, as Keras does: tfjs numbers its layers anew for each model of a process.
      if (state.weights.length !== weights.length) {
        throw new GradstreamError(
          `The saved state has ${state.weights.length} weights; this model has ${weights.length}. It belongs to another model.`,
        );
      }
      const kept = state.slots.length === 0 ? weights : [...weights, ...namedSlots];
      const given = [...state.weights, ...(state.slots.length === 0 ? [] : slotsInOrder(weights, namedSlots, state))];
      const values = kept.map(({ name, variable }, i) => [variable, checkedData(name, variable, given[i])] as const);
      await engine.write(new Map(values));
      this.updates = state.iterations ?? this.updates;
    });
  }

  sync(): Promise<void> {
    return this.enqueue(engine => engine.store());
  }

  finish(): Promise<void> {
    return this.enqueue(async engine => {
      const { averages, variables } = this.program;
      if (averages.size === 0) return;
      const values = await engine.read();
      const averaged = [...averages].map(([weight, average]) => [weight, values[variables.indexOf(average)]] as const);
      await engine.write(new Map(averaged));
    });
  }

  async withAverages<T>(work: () => Promise<T>): Promise<T> {
    if (this.program.averages.size === 0) {
      throw new InvalidArgumentError("The optimizer keeps no averages of the weights. Make it with 'useEma: true'.");
    }
    const { weights } = await this.state();
    await this.finish();
    try {
      return await work();
    } finally {
      await this.restore({ weights, slots: [] });
    }
  }

  profile(batch: Batch, options: StepOptions): Promise<StepProfile | null> {
    return this.enqueue(engine => engine.profile(batch, options));
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    await this.running;
    try {
      await this.engine.dispose();
    } finally {
      this.program.dispose();
      this.release();
    }
  }

  /** One after the other. What can't be compiled is carried on eagerly, with a warning. */
  private enqueue<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
    if (this.disposed) return Promise.reject(new LearnerDisposedError());
    const result = this.running.then(async () => {
      try {
        return await work(this.engine);
      } catch (error) {
        if (this.program.variables.some(({ isDisposed }) => isDisposed)) throw stateDisposed(error);
        if (!(error instanceof NotTraceableError)) throw error;
        await this.fallBack(error);
        return work(this.engine);
      }
    });
    this.running = result.catch(() => undefined);
    return result;
  }

  /** Tells each thing once. */
  private warn(warning: LearnerWarning): void {
    if (this.warned.has(warning.code)) return;
    this.warned.add(warning.code);
    this.warnings.push(warning);
  }

  private async fallBack(error: NotTraceableError): Promise<void> {
    await this.engine.dispose();
    this.engine = new EagerEngine(this.program);
    this.warn({
      code: 'eager-fallback',
      message: `${error.message} Training goes on eagerly, which is slower.`,
    });
  }

  private result(size: number, packed: ArrayLike<number>): StepResult {
    const [loss] = Array.from(packed);
    const statistics = new Float64Array(packed.length + 1);
    statistics.set(packed, 1);
    statistics[0] = loss * size;
    statistics[1] = size;
    const result = this.withWarnings<StepResult>({ size, loss, statistics });
    this.warnings = [];
    return result;
  }

  private withWarnings<T extends Pick<StepResult, 'warnings'>>(result: T): T {
    return this.warnings.length === 0 ? result : { ...result, warnings: [...this.warnings] };
  }
}

const stateDisposed = (cause: unknown): GradstreamError =>
  new GradstreamError(
    "The model's weights, or what its optimizer keeps, were disposed while the learner still uses them. Call 'await learner.dispose()' " +
      "first, and 'model.dispose()' after it; it disposes of updaters itself.",
    { cause },
  );

function checkedData(name: string, { shape }: tf.Variable, array: NamedArray): TensorData {
  if (`${array.shape}` === `${shape}`) return array.data;
  throw new GradstreamError(
    `The saved state has shape [${array.shape}] for '${name}'; this model needs [${shape}]. It belongs to another model or optimizer.`,
  );
}
