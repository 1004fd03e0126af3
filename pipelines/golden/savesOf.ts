import type { Driven } from './drive.js';

export interface Save {
  readonly epoch: number;
  /** Null at an epoch's end. */
  readonly batch: number | null;
  readonly file: string | undefined;
}

/** The saves that were asked for, in order. */
export function savesOf({ asked }: Driven): readonly Save[] {
  return asked.flatMap(({ epoch, step, directive }) =>
    directive.type === 'saveCheckpoint' ? [{ epoch, batch: step, file: directive.file }] : [],
  );
}
