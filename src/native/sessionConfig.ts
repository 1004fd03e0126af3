/** How TensorFlow runs graphs and eager operations; what is absent keeps TensorFlow's default. */
export interface SessionConfig {
  /** Threads inside one operation; default: one a processor. */
  readonly threads?: number;
  /** Operations that run side by side, on threads of the session's own. Default: as many as `threads`, on those of all sessions. */
  readonly operations?: number;
  /** Takes GPU memory as it is needed instead of all at the start. Default true. */
  readonly gpuAllowGrowth?: boolean;
  /**
   * Whether TensorFlow may rewrite a graph before its first run as it thinks best. Default true. It takes time and memory for each
   * user of a constant, as large as the constant: too much where the weights of a network are constants.
   */
  readonly rewriteGraphs?: boolean;
  /** Whether it puts operations into bfloat16 before, where they lose little by it. Default false. */
  readonly mixedBfloat16?: boolean;
}

/**
 * A `ConfigProto` in protocol-buffer bytes: the few fields that gradstream sets, written by hand.
 * Field numbers are those of tensorflow/core/protobuf/config.proto.
 */
export function sessionConfig({
  threads,
  operations,
  gpuAllowGrowth = true,
  rewriteGraphs = true,
  mixedBfloat16 = false,
}: SessionConfig): Uint8Array {
  const bytes: number[] = [];
  if (threads !== undefined) bytes.push(...varintField(2, threads));
  const sideBySide = operations ?? threads;
  if (sideBySide !== undefined) bytes.push(...varintField(5, sideBySide));
  if (operations !== undefined) bytes.push(...varintField(9, 1));
  const gpuOptions = gpuAllowGrowth ? varintField(4, 1) : [];
  bytes.push(...bytesField(6, gpuOptions));
  const rewriteOptions = [
    ...(rewriteGraphs ? [] : mixedBfloat16 ? textField(100, BFLOAT16_REWRITER) : varintField(19, 1)),
    ...(mixedBfloat16 ? varintField(31, 1) : []),
  ];
  if (rewriteOptions.length > 0) bytes.push(...bytesField(10, bytesField(10, rewriteOptions)));
  return Uint8Array.from(bytes);
}

/** TensorFlow's name of it, for a list of rewriters to be run alone. */
const BFLOAT16_REWRITER = 'auto_mixed_precision_onednn_bfloat16';

const varintField = (field: number, value: number): number[] => [...varint(field << 3), ...varint(value)];

const textField = (field: number, text: string): number[] => bytesField(field, [...new TextEncoder().encode(text)]);

const bytesField = (field: number, content: number[]): number[] => [
  ...varint((field << 3) | 2),
  ...varint(content.length),
  ...content,
];

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}
