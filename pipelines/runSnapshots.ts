import type { Snapshot, SnapshotWriter } from '../src/checkpoint/snapshot.js';

/**
 * The snapshots of one run: when one is due, and its writing, which goes on behind the training. At most one is being
 * written at a time, so that no more than one copy of the weights waits for the disk.
 */
export class RunSnapshots {
  private writing: Promise<void> | undefined;
  private failure: { readonly error: unknown } | undefined;
  /** Why the last attempt failed, if it did: a disk that stays full is told of once. */
  private reason: string | undefined;
  private last = Date.now();
  private asked = false;

  constructor(
    private readonly writer: SnapshotWriter,
    private readonly everyMs: number,
  ) {}

  /** At the next barrier, whatever the time. */
  ask(): void {
    this.asked = true;
  }

  get isDue(): boolean {
    return this.asked || (this.writing === undefined && Date.now() - this.last >= this.everyMs);
  }

  /** Resolves when the state is copied. */
  async save(copy: () => Promise<Snapshot>): Promise<void> {
    await this.writing;
    const snapshot = await copy();
    this.asked = false;
    this.last = Date.now();
    this.writing = this.writer
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
    await this.writer.close();
  }
}
