import type { Snapshot, SnapshotStore, SnapshotWriter } from '../../src/checkpoint/snapshot.js';
import { isDiskError } from './saveFailures.js';

interface OpenOptions {
  readonly resume: boolean;
  /** One is due after so many milliseconds. */
  readonly everyMs: number;
}

/**
 * The snapshots of one run: when one is due, and its writing, which goes on behind the training. At most one is being
 * written at a time, so that no more than one copy of the weights waits for the disk.
 */
export class RunSnapshots {
  /** Events until the last one, this run's or the one that it was resumed from. */
  savedEvents = 0;
  private writing: Promise<void> | undefined;
  /** Why the last attempt failed, if it did: a disk that stays full is told of once. */
  private reason: string | undefined;
  private last = Date.now();
  private asked = false;

  private constructor(
    /** Undefined where the disk won't have snapshots. */
    private readonly writer: SnapshotWriter | undefined,
    private failure: { readonly error: unknown } | undefined,
    private readonly everyMs: number,
  ) {}

  /** Where the disk doesn't have it, that is the first failure, and none is taken. */
  static async open(store: SnapshotStore, { resume, everyMs }: OpenOptions): Promise<RunSnapshots> {
    try {
      return new RunSnapshots(await store.open({ resume }), undefined, everyMs);
    } catch (error) {
      if (!isDiskError(error)) throw error;
      return new RunSnapshots(undefined, { error }, everyMs);
    }
  }

  /** At the next barrier, whatever the time. */
  ask(): void {
    this.asked = true;
  }

  get isDue(): boolean {
    return this.asked || (this.writing === undefined && Date.now() - this.last >= this.everyMs);
  }

  /** Takes one unless it would be the same as the last, and resolves when the state is copied. */
  async save(events: number, copy: () => Promise<Snapshot>): Promise<void> {
    const { writer } = this;
    if (writer === undefined || events === this.savedEvents) return;
    await this.writing;
    const snapshot = await copy();
    this.asked = false;
    this.last = Date.now();
    this.savedEvents = events;
    this.writing = writer
      .save(snapshot)
      .then(
        () => {
          this.reason = undefined;
        },
        error => {
          const reason = (error as NodeJS.ErrnoException).code ?? String(error);
          if (reason !== this.reason) this.failure = { error };
          this.reason = reason;
        },
      )
      .finally(() => {
        this.writing = undefined;
      });
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await this.writing;
  }

  /** What went wrong since it was asked last, unless it is what went wrong before, too. */
  takeFailure(): { readonly error: unknown } | undefined {
    const { failure } = this;
    this.failure = undefined;
    return failure;
  }

  async close(): Promise<void> {
    await this.writing;
    await this.writer?.close();
  }
}
