import { setTimeout as wait } from 'node:timers/promises';
import type { Snapshot, SnapshotStore } from '../../src/checkpoint/snapshot.js';

export interface MemoryStore extends SnapshotStore {
  /** All that were saved, in order. */
  readonly saved: Snapshot[];
  /** How often a writer was closed. */
  closed: number;
  /** Saves that were under way at one time, at most. */
  mostAtOnce: number;
}

/** Keeps snapshots in memory, as copies; `failure` is what each save rejects with, after `delay` milliseconds. */
export function memoryStore(saved: Snapshot[] = [], failure?: () => Error | undefined, delay?: number): MemoryStore {
  let writing = 0;
  const store: MemoryStore = {
    saved,
    closed: 0,
    mostAtOnce: 0,
    latest: async () => (saved.length === 0 ? null : { snapshot: saved[saved.length - 1], damaged: [] }),
    open: async () => ({
      async save(snapshot) {
        store.mostAtOnce = Math.max(store.mostAtOnce, ++writing);
        if (delay !== undefined) await wait(delay);
        writing--;
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
