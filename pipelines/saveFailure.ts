import { FileAccessError } from '../src/error/fileAccessError.js';
import type { LearnerWarning } from '../src/learner/learner.js';

export const saveWarning = (error: unknown): LearnerWarning => ({
  code: 'checkpoint-not-saved',
  message: `A checkpoint could not be saved: ${error instanceof Error ? error.message : String(error)}`,
});

/** Whether the disk is to blame, and not the program. */
export const isDiskError = (error: unknown): boolean =>
  error instanceof FileAccessError ||
  (error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string');
