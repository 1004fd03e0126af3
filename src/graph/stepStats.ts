import { Message } from '../file/protobuf.js';

/** Time that one operation took in one run. */
export interface OperationTime {
  /** Name in the graph that ran: `MatMul_1`. */
  readonly name: string;
  /** Type, such as `_FusedMatMul`; empty where TensorFlow doesn't say. */
  readonly type: string;
  readonly device: string;
  /** Microseconds since 1970. */
  readonly start: number;
  /** Microseconds inside the kernel. */
  readonly duration: number;
}

/** Reads the kernel times out of a `RunMetadata` in protocol buffers' encoding. */
export const operationTimes = (runMetadata: Uint8Array): OperationTime[] =>
  new Message(runMetadata)
    .messages(RUN_METADATA.stepStats)
    .flatMap(stepStats => stepStats.messages(STEP_STATS.deviceStats))
    .flatMap(deviceStats => {
      const device = deviceStats.text(DEVICE_STATS.device);
      return deviceStats.messages(DEVICE_STATS.nodeStats).map(nodeStats => operationTime(nodeStats, device));
    });

/** Numbers of the fields, of `tensorflow/core/protobuf/config.proto` and `tensorflow/core/framework/step_stats.proto`. */
const RUN_METADATA = { stepStats: 1 } as const;
const STEP_STATS = { deviceStats: 1 } as const;
const DEVICE_STATS = { device: 1, nodeStats: 2 } as const;
const NODE_STATS = { name: 1, startMicros: 2, label: 8, relativeStartNanos: 14, relativeEndNanos: 15 } as const;

function operationTime(nodeStats: Message, device: string): OperationTime {
  const start = nodeStats.number(NODE_STATS.relativeStartNanos) / 1000;
  const end = nodeStats.number(NODE_STATS.relativeEndNanos) / 1000;
  return {
    name: nodeStats.text(NODE_STATS.name),
    type: /= ([A-Za-z_0-9]+)\(/.exec(nodeStats.text(NODE_STATS.label))?.[1] ?? '',
    device,
    start: nodeStats.number(NODE_STATS.startMicros) + start,
    duration: end - start,
  };
}
