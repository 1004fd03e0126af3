/** How the command line was called, for lines that are to be called in turn: from a checkout it is a script of npm. */
export function commandName(): string {
  switch (process.env.npm_lifecycle_event) {
    case 'start':
    case 'gradstream':
      return 'npm run -s gradstream --';
    case 'npx':
      return 'npx gradstream';
    default:
      return 'gradstream';
  }
}

/** A word of a command as a shell takes it: in quotes where it has a space or the like. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
