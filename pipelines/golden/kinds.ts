import { schedule } from './kinds/schedule.js';
import type { Runner } from './runner.js';

/** Every kind of golden case and who runs it. */
export const kinds: Readonly<Record<string, Runner>> = {
  schedule,
};
