import { messageField, textField, varintField } from '../file/protobuf.js';

/** How TensorFlow runs graphs and eager operations; what is absent keeps TensorFlow's default. */
export interface SessionConfig {
  /** Threads inside one operation; default: one a processor. */
  readonly threads?: number;
  /** Operations that run side by side, on threads of the session's own. Default: as many as `threads`, on those of all sessions. */
  readonly operations?: number;
  /** Takes GPU memory as it is needed instead of all at the start. Default true. */
  readonly gpuAllowGrowth?: boolean;
  /**
   * Whether TensorFlow may rewrite a graph before its first run as it thinks best. Default true. It takes as much time as all else
   * before that run, and memory for each user of a constant, as large as the constant. Without it only what runs is looked at, not each
   * time the whole graph.
   */
  readonly rewriteGraphs?: boolean;
  /** Whether a thread that has nothing to do looks for work over and over, for some tenths of a millisecond, before it sleeps. Default true. */
  readonly spinning?: boolean;
  /** Whether it puts operations into bfloat16 before, where they lose little by it. Default false. */
  readonly mixedBfloat16?: boolean;
}

/** A `ConfigProto` in protocol buffers' encoding: the few fields that gradstream sets. */
export function sessionConfig({
  threads,
  operations,
  gpuAllowGrowth = true,
  rewriteGraphs = true,
  spinning = true,
  mixedBfloat16 = false,
}: SessionConfig): Uint8Array {
  const sideBySide = operations ?? threads;
  const rewriteOptions = [
    ...(rewriteGraphs ? [] : [mixedBfloat16 ? BFLOAT16_ALONE : varintField(REWRITER.disableMetaOptimizer, ON)]),
    ...(mixedBfloat16 ? [varintField(REWRITER.autoMixedPrecisionOnednnBfloat16, ON)] : []),
  ];
  const graphOptions = [
    ...(rewriteGraphs || mixedBfloat16 ? [] : [varintField(GRAPH.placePrunedGraph, ON)]),
    ...(rewriteOptions.length === 0 ? [] : [messageField(GRAPH.rewriteOptions, rewriteOptions)]),
  ];
  return Buffer.concat([
    ...(threads === undefined ? [] : [varintField(CONFIG.intraOpParallelismThreads, threads)]),
    ...(sideBySide === undefined ? [] : [varintField(CONFIG.interOpParallelismThreads, sideBySide)]),
    ...(operations === undefined ? [] : [varintField(CONFIG.usePerSessionThreads, ON)]),
    messageField(CONFIG.gpuOptions, gpuAllowGrowth ? [varintField(GPU.allowGrowth, ON)] : []),
    ...(graphOptions.length === 0 ? [] : [messageField(CONFIG.graphOptions, graphOptions)]),
    ...(spinning ? [] : [messageField(CONFIG.experimental, [varintField(EXPERIMENTAL.disableThreadSpinning, ON)])]),
  ]);
}

/** Numbers of the fields, of `tensorflow/core/protobuf/config.proto` and `rewriter_config.proto`. */
const CONFIG = {
  intraOpParallelismThreads: 2,
  interOpParallelismThreads: 5,
  gpuOptions: 6,
  usePerSessionThreads: 9,
  graphOptions: 10,
  experimental: 16,
} as const;
const GPU = { allowGrowth: 4 } as const;
const GRAPH = { placePrunedGraph: 6, rewriteOptions: 10 } as const;
const REWRITER = { disableMetaOptimizer: 19, autoMixedPrecisionOnednnBfloat16: 31, optimizers: 100 } as const;
const EXPERIMENTAL = { disableThreadSpinning: 9 } as const;
const ON = 1;

/** A list of rewriters that are run alone, by TensorFlow's names. */
const BFLOAT16_ALONE = textField(REWRITER.optimizers, 'auto_mixed_precision_onednn_bfloat16');
