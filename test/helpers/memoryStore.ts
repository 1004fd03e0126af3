import type { Snapshot, SnapshotStore } from '../../src/checkpoint/snapshot.js';

export interface MemoryStore extends SnapshotStore {
  /** All that were saved, in order. */
  readonly saved: Snapshot[];
  /** How often a writer was closed. */
  closed: number;
}

/** Keeps snapshots in memory, as copies; `failure` is what each save rejects with. */
export function memoryStore(saved: Snapshot[] = [], failure?: () => Error | undefined): MemoryStore {
  const store: MemoryStore = {
    saved,
    closed: 0,
    latest: async () => (saved.length === 0 ? null : { snapshot: saved[saved.length - 1], damaged: [] }),
    open: async () => ({
      async save(snapshot) {
        const error = failure?.();
        if (error !== undefined) throw error;
        saved.push(structuredClone(snapshot));
        return String(saved.length);
      },
      close: async () => {
        store.closed++;
      },
    }),
  };
  return store;
}
