import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Native } from './backend.js';

/**
 * What compiled functions compute in, by Keras's names. With `mixed_bfloat16` convolutions, products of matrices and most of what lies
 * between them are computed in bfloat16: float32's range, 8 bits of precision, and on processors made for it up to twice the
 * speed. Variables, updates, losses and metrics stay in float32, and so do inputs and results.
 */
export type DtypePolicy = (typeof dtypePolicies)[number];

export const dtypePolicies = ['float32', 'mixed_bfloat16'] as const;

/** @throws InvalidArgumentError where there is no such policy, or `compile` is false beside one that only compiled functions have */
export function checkDtypePolicy(policy: string, compile = true): void {
  if (!(dtypePolicies as readonly string[]).includes(policy)) {
    throw new InvalidArgumentError(`There is no dtype policy '${policy}'; there are ${dtypePolicies.join(' and ')}.`);
  }
  if (policy !== 'float32' && !compile) {
    throw new InvalidArgumentError(
      `Only compiled steps have the dtype policy '${policy}': leave 'compile: false' (--no-compile) away, or take 'float32'.`,
    );
  }
}

/** What is computed in where a policy is asked for. */
export const policyInUse = (policy: DtypePolicy, native: Native | undefined): DtypePolicy =>
  whyFloat32(policy, native) === undefined ? policy : 'float32';

/** Why everything is computed in float32 nevertheless; undefined where the policy is followed. */
export function whyFloat32(policy: DtypePolicy, native: Native | undefined): string | undefined {
  if (policy === 'float32' || native?.hasBfloat16) return undefined;
  const why =
    native === undefined
      ? 'native TensorFlow is not in use'
      : "its kernels need a processor with instructions for it (Linux calls them 'avx512_bf16' or 'amx_bf16') and oneDNN";
  return `'${policy}' is not to be had here: ${why}. Everything is computed in float32.`;
}
