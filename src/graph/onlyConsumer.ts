import type { GraphOutput, Pointer } from '../native/signatures.js';
import type { Graph } from './graph.js';

/**
 * The operation of one of some types that takes an output and is no result itself, where nothing else that is used takes it: a shape, say,
 * that a gradient has asked for and that is a constant by now, isn't.
 *
 * @param fetched operations whose outputs are results
 */
export function onlyConsumer(
  graph: Graph,
  output: GraphOutput,
  types: readonly string[],
  fetched: ReadonlySet<Pointer>,
): Pointer | undefined {
  const isUsed = (oper: Pointer): boolean => {
    const outputs = graph.outputs(oper);
    return fetched.has(oper) || outputs.length === 0 || outputs.some(output => graph.consumers(output).length > 0);
  };
  const [first, ...others] = graph.consumers(output).filter(({ oper }) => isUsed(oper));
  if (first === undefined || others.length > 0 || fetched.has(first.oper)) return undefined;
  return types.includes(graph.type(first.oper)) ? first.oper : undefined;
}
