import { isKerasObject, isRecord, type KerasConfig } from './kerasConfig.js';

/** With what a model was compiled, as its file says. Names and parameters are Keras's. */
export interface TrainingConfig {
  readonly optimizer: OptimizerConfig | null;
  /** A loss by name, an object of Keras, or one for each output. */
  readonly loss: unknown;
  readonly metrics: readonly unknown[] | null;
}

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
  return {
    optimizer: isKerasObject(optimizer) ? readOptimizerConfig(optimizer.class_name, optimizer.config) : null,
    loss: config.loss ?? null,
    metrics: Array.isArray(config.metrics) ? config.metrics : null,
  };
}

const readOptimizerConfig = (className: string, config: KerasConfig): OptimizerConfig => ({
  className,
  parameters: readParameters(config),
});

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

/** What Keras 3 needs to compile a model as it was. In .h5 files the optimizer is called `optimizer_config`. */
export function writeTrainingConfig({ optimizer, loss, metrics }: TrainingConfig, format: 'h5' | 'keras'): KerasConfig {
  const plain = optimizer && { class_name: optimizer.className, config: optimizer.parameters };
  const common = {
    loss,
    loss_weights: null,
    metrics,
    weighted_metrics: null,
    run_eagerly: false,
    steps_per_execution: 1,
    jit_compile: false,
  };
  if (format === 'h5') return { ...common, optimizer_config: plain };
  const schedule = optimizer?.parameters.learning_rate;
  const config = isKerasObject(schedule)
    ? {
        ...optimizer?.parameters,
        learning_rate: { module: 'keras.optimizers.schedules', ...schedule, registered_name: null },
      }
    : optimizer?.parameters;
  return {
    optimizer: plain && { module: 'keras.optimizers', class_name: plain.class_name, config, registered_name: null },
    ...common,
  };
}
