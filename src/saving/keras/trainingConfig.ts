import { isRecord } from '../../text/json.js';
import { isKerasObject, type KerasConfig, type KerasObject } from './kerasConfig.js';

/** With what a model was compiled, as its file says. Names and parameters are Keras's. */
export interface TrainingConfig {
  readonly optimizer: OptimizerConfig | null;
  /** A loss by name, an object of Keras, or one for each output. */
  readonly loss: unknown;
  readonly metrics: MetricConfigs | null;
  /** A factor of the loss, or one for each output; absent where Keras wasn't told. See `savedLoss`. */
  readonly lossWeights?: unknown;
  /** Metrics that count each example by its weight, as `metrics` don't; absent where there are none. */
  readonly weightedMetrics?: MetricConfigs;
}

/** Of a model with one output; else those of each output, by its name or in the model's order. */
export type MetricConfigs = readonly unknown[] | Readonly<Record<string, readonly unknown[]>>;

export interface OptimizerConfig {
  readonly className: string;
  /**
   * Those that aren't null. `learning_rate` may be a schedule `{class_name, config}`. What older versions call `lr` is
   * `learning_rate`; `decay` is their legacy decay.
   */
  readonly parameters: KerasConfig;
}

/** Reads the `training_config` of an .h5 file or the `compile_config` of a .keras file; null where nothing is compiled. */
export function readTrainingConfig(config: unknown): TrainingConfig | null {
  if (!isRecord(config)) return null;
  const optimizer = config.optimizer_config ?? config.optimizer;
  if (optimizer === undefined && config.loss === undefined) return null;
  const weightedMetrics = readMetrics(config.weighted_metrics);
  return {
    optimizer: isKerasObject(optimizer) ? readOptimizerConfig(optimizer.class_name, optimizer.config) : null,
    loss: config.loss ?? null,
    metrics: readMetrics(config.metrics),
    ...(config.loss_weights != null && { lossWeights: config.loss_weights }),
    ...(weightedMetrics && { weightedMetrics }),
  };
}

/** Keras lets a single metric of an output stand for itself, and one without metrics for none. */
function readMetrics(value: unknown): MetricConfigs | null {
  if (Array.isArray(value)) return value;
  if (!isRecord(value) || isKerasObject(value)) return null;
  return Object.fromEntries(Object.entries(value).map(([name, given]) => [name, listOf(given)]));
}

function listOf(given: unknown): readonly unknown[] {
  if (Array.isArray(given)) return given;
  return given === null ? [] : [given];
}

/** The policy mixed_float16 wraps an optimizer in one that scales the loss, which float32 needs none of. */
function readOptimizerConfig(className: string, config: KerasConfig): OptimizerConfig {
  const { inner_optimizer: inner } = config;
  if (className === 'LossScaleOptimizer' && isKerasObject(inner)) {
    return readOptimizerConfig(inner.class_name, inner.config);
  }
  return { className, parameters: readParameters(config) };
}

/** A name says nothing about what a thing does. */
function readParameters(config: KerasConfig): KerasConfig {
  const parameters: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    if (value === null || key === 'name') continue;
    parameters[key === 'lr' ? 'learning_rate' : key] = isKerasObject(value)
      ? { class_name: value.class_name, config: readParameters(value.config) }
      : value;
  }
  return parameters;
}

/**
 * An optimizer in Keras 3's words: it doesn't know the legacy `decay` any more, which is this schedule.
 */
export function keras3Optimizer({ className, parameters }: OptimizerConfig): OptimizerConfig {
  const { decay, ...rest } = parameters;
  if (typeof decay !== 'number' || decay === 0) return { className, parameters: rest };
  const schedule = {
    class_name: 'InverseTimeDecay',
    config: { initial_learning_rate: rest.learning_rate, decay_steps: 1, decay_rate: decay, staircase: false },
  };
  return { className, parameters: { ...rest, learning_rate: schedule } };
}

/** What Keras 3 needs to compile a model as it was. In .h5 files the optimizer is called `optimizer_config`. */
export function writeTrainingConfig(training: TrainingConfig, format: 'h5' | 'keras'): KerasConfig {
  const { optimizer, loss, metrics, lossWeights = null, weightedMetrics = null } = training;
  const object = (module: string, class_name: string, config: KerasConfig): KerasObject => ({
    module,
    class_name,
    config,
    registered_name: null,
  });
  const parameters = Object.entries(optimizer?.parameters ?? {}).map(([key, value]) => [
    key,
    isKerasObject(value) ? object('keras.optimizers.schedules', value.class_name, value.config) : value,
  ]);
  const config = Object.fromEntries(parameters);
  const common = {
    loss,
    loss_weights: lossWeights,
    metrics,
    weighted_metrics: weightedMetrics,
    run_eagerly: false,
    steps_per_execution: 1,
    jit_compile: false,
  };
  if (format === 'h5') {
    return { ...common, optimizer_config: optimizer && { class_name: optimizer.className, config } };
  }
  return { optimizer: optimizer && object('keras.optimizers', optimizer.className, config), ...common };
}
