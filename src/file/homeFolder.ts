import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';

/** The user's folder, or undefined where there is none, as for a user of a container that is but a number. */
export function homeFolder(): string | undefined {
  try {
    const home = homedir();
    return isAbsolute(home) ? home : undefined;
  } catch {
    return undefined;
  }
}
