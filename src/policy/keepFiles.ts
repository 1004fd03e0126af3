/** A file that was saved, and the metric's value then (null where there was none). */
export type KeptFile = {
  readonly file: string;
  readonly value: number | null;
};

export interface KeepOptions {
  readonly topK: number | undefined;
  readonly last: number | undefined;
  readonly better: (a: number, b: number) => boolean;
}

/**
 * Which files stand after a new one, and which are to be removed: those that are neither among the `topK` best nor among
 * the `last` newest. The new one itself may be among the removed. Of equal values the older stays.
 *
 * @param kept oldest first
 */
export function keepFiles(
  kept: readonly KeptFile[],
  added: KeptFile,
  { topK = 0, last = 0, better }: KeepOptions,
): { readonly kept: readonly KeptFile[]; readonly removed: readonly string[] } {
  // A name that is written again is one file, with the new value.
  const all = [...kept.filter(({ file }) => file !== added.file), added];
  const ranked = all
    .filter(({ value }) => value !== null && !Number.isNaN(value))
    .sort(({ value: a }, { value: b }) => (better(a!, b!) ? -1 : better(b!, a!) ? 1 : 0));
  const stays = new Set([...ranked.slice(0, topK), ...(last > 0 ? all.slice(-last) : [])]);
  return {
    kept: all.filter(item => stays.has(item)),
    removed: all.filter(item => !stays.has(item)).map(({ file }) => file),
  };
}
