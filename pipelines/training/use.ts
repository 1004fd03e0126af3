/** That a run, or search, uses a learner, and when that will end. */
export interface Use {
  /** Whether it takes no further step. */
  isOver(): boolean;
  readonly ended: Promise<void>;
  /** To be called once. */
  end(): void;
}

/** @param isOver whether it takes no further step */
export function newUse(isOver: () => boolean): Use {
  let end = (): void => undefined;
  const ended = new Promise<void>(resolve => (end = resolve));
  return { isOver, ended, end };
}
