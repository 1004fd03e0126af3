/** Time that one operation took in one run. */
export interface OperationTime {
  /** Name in the graph, after TensorFlow's own optimisation: `MatMul_1`. */
  readonly name: string;
  /** Type, such as `_FusedMatMul`; empty where TensorFlow doesn't say. */
  readonly type: string;
  readonly device: string;
  /** Microseconds since 1970. */
  readonly start: number;
  /** Microseconds inside the kernel. */
  readonly duration: number;
}

/**
 * Reads the kernel times out of a `RunMetadata` message (tensorflow/core/protobuf/config.proto, step_stats.proto). Only the
 * fields that are needed are decoded; all others are skipped by their wire type.
 */
export function operationTimes(runMetadata: Uint8Array): OperationTime[] {
  const times: OperationTime[] = [];
  for (const stepStats of messages(runMetadata, 1)) {
    for (const deviceStats of messages(stepStats, 1)) {
      const device = textOf(fields(deviceStats), 1);
      for (const nodeStats of messages(deviceStats, 2)) times.push(operationTime(nodeStats, device));
    }
  }
  return times;
}

function operationTime(nodeStats: Uint8Array, device: string): OperationTime {
  const all = fields(nodeStats);
  const startMicros = numberOf(all, 2);
  const relative = { start: numberOf(all, 14) / 1000, end: numberOf(all, 15) / 1000 };
  const label = textOf(all, 8);
  return {
    name: textOf(all, 1),
    type: /= ([A-Za-z_0-9]+)\(/.exec(label)?.[1] ?? '',
    device,
    start: startMicros + relative.start,
    duration: relative.end - relative.start,
  };
}

type Field = { readonly number: number; readonly value: number | Uint8Array };

const messages = (bytes: Uint8Array, number: number): Uint8Array[] =>
  fields(bytes).flatMap(field => (field.number === number && field.value instanceof Uint8Array ? [field.value] : []));

const numberOf = (all: readonly Field[], number: number): number => {
  const value = all.find(field => field.number === number)?.value;
  return typeof value === 'number' ? value : 0;
};

const textOf = (all: readonly Field[], number: number): string => {
  const value = all.find(field => field.number === number)?.value;
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : '';
};

/** The fields of one protocol-buffer message. */
function fields(bytes: Uint8Array): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    switch (key & 7) {
      case 0:
        found.push({ number, value: varint() });
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varint();
        found.push({ number, value: bytes.subarray(at, at + length) });
        at += length;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        throw new RangeError(`TensorFlow's run metadata has the unknown wire type ${key & 7}.`);
    }
  }
  return found;
}
