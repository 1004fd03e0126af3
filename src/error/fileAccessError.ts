import { GradstreamError } from './gradstreamError.js';

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space, or',
  EDQUOT: 'Your quota on this disk is used up: free some space, or',
  EACCES: 'You may not write there:',
  EPERM: 'You may not write there:',
  EROFS: 'This file system is read-only:',
  ENOENT: "A part of this path isn't there and can't be made:",
  ENOTDIR: 'A part of this path is a file, not a folder:',
  EEXIST: 'A part of this path is a file, not a folder:',
  EISDIR: 'A folder has this name:',
};

/** How another folder is named for what is fetched. */
export const CACHE_ELSEWHERE = 'name another folder with GRADSTREAM_CACHE or the option for it';

/** A file or folder can't be written: no space, no permission, a read-only disk. */
export class FileAccessError extends GradstreamError {
  constructor(
    /** What could not be written. */
    readonly path: string,
    /** The system's code, such as ENOSPC. */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /**
   * `error` in words where it is one of these, else `error` itself.
   *
   * @param need what the space or the permission was needed for, as in "274 MB for the library"
   * @param elsewhere how the caller is told of another place
   */
  static explain(error: unknown, path: string, need: string, elsewhere = 'name another place'): unknown {
    const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
    const problem = Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code] : undefined;
    if (problem === undefined || error instanceof FileAccessError) return error;
    const message = `Can't write ${path} (${code}); needed: ${need}. ${problem} ${elsewhere}.`;
    return new FileAccessError(path, code, message, { cause: error });
  }
}
