import type { Json } from '../text/json.js';

/** What differs between two pieces of plain data: one sentence a place, such as `batchSize was 128, is 64.` */
export function differences(before: Json, now: Json): readonly string[] {
  const [old, current] = [leavesOf(before), leavesOf(now)];
  return [...new Set([...old.keys(), ...current.keys()])]
    .filter(path => old.get(path) !== current.get(path))
    .map(path => `${path} was ${old.get(path) ?? 'not given'}, is ${current.get(path) ?? 'not given'}.`);
}

/** Each value as JSON, under its path. Arrays are values. */
function leavesOf(value: Json, path = '', leaves = new Map<string, string>()): ReadonlyMap<string, string> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [name, item] of Object.entries(value)) leavesOf(item, path === '' ? name : `${path}.${name}`, leaves);
  } else {
    leaves.set(path === '' ? 'it' : path, JSON.stringify(value));
  }
  return leaves;
}
