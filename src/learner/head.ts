import type { Loss } from '../loss/loss.js';
import type { Metric } from '../metrics/metric.js';
import type { OutputShape } from './labels.js';

/** One of a model's outputs that is trained, and by what it is judged. */
export interface Head {
  /** Of the model's outputs. */
  readonly index: number;
  /** Of the layer that gives the output. */
  readonly name: string;
  readonly outputShape: OutputShape;
  readonly loss: Loss;
  /** Of all examples alike. */
  readonly metrics: readonly Metric[];
  /** By sample weight. */
  readonly weightedMetrics: readonly Metric[];
}
