import { FileAccessError } from '../../src/error/fileAccessError.js';
import type { LearnerWarning } from '../../src/learner/learner.js';
import type { RunEvents } from './runEvents.js';
import type { RunLifetime } from './runLifetime.js';

/** What becomes of one run where something could not be saved. */
export class SaveFailures {
  constructor(
    private readonly events: RunEvents,
    private readonly lifetime: RunLifetime,
    private readonly onSaveError: 'continue' | 'stop' = 'continue',
  ) {}

  /**
   * A full or read-only disk ends no training that its user wants to go on.
   *
   * @throws any other error
   */
  note(error: unknown): void {
    if (!isDiskError(error)) throw error;
    this.warn(error);
    if (this.onSaveError === 'stop') this.lifetime.stop('checkpoint not saved');
  }

  /** Says it, and no more. */
  warn(error: unknown): void {
    this.events.warn(saveWarning(error));
  }
}

const saveWarning = (error: unknown): LearnerWarning => ({
  code: 'checkpoint-not-saved',
  message: `A checkpoint could not be saved: ${error instanceof Error ? error.message : String(error)}`,
});

/** Whether the disk is to blame, and not the program. */
export const isDiskError = (error: unknown): boolean =>
  error instanceof FileAccessError ||
  (error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string');
