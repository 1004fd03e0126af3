import type { Pointer } from '../native/signatures.js';
import type { Operation, Output } from './graph.js';

/**
 * All that an output is computed from, itself among it: the operations as they were added, undefined for what was there before.
 *
 * @param producer the operation that made an output
 */
export function behind(
  output: Output,
  producer: (output: Output) => Operation | undefined,
): ReadonlyMap<Pointer, Operation | undefined> {
  const found = new Map<Pointer, Operation | undefined>();
  const ahead = [output];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    if (found.has(next.oper)) continue;
    const operation = producer(next);
    found.set(next.oper, operation);
    ahead.push(...(operation?.inputs ?? []).flat());
  }
  return found;
}
