import type { Schedule } from '../schedule/schedule.js';
import type { Json } from '../text/json.js';
import type { FusedKernel } from './fusedKernel.js';
import type { GradientTransformation } from './gradientTransformation.js';

export interface Optimizer {
  /** Keras's class name, first letter small: `sgd`, `rmsprop`, `adam`. */
  readonly name: string;
  readonly learningRate: Schedule | number;
  /** All parameters by the names of Keras's `get_config`. */
  readonly config: Readonly<Record<string, Json>>;
  readonly transform: GradientTransformation;
  /** The whole of `transform` in one kernel; absent where clipping, decay, averaging or accumulation is on. */
  readonly kernel?: FusedKernel;
}

/** What every optimizer of Keras takes; the defaults do nothing. */
export interface OptimizerOptions {
  readonly learningRate?: Schedule | number;
  readonly weightDecay?: number | null;
  readonly clipnorm?: number | null;
  readonly globalClipnorm?: number | null;
  readonly clipvalue?: number | null;
  readonly useEma?: boolean;
  readonly emaMomentum?: number;
  readonly emaOverwriteFrequency?: number | null;
  readonly gradientAccumulationSteps?: number | null;
  /** Keras 2's `decay`: rate / (1 + decay · iterations). */
  readonly decay?: number;
}
