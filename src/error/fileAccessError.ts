import { GradstreamError } from './gradstreamError.js';

const CURES: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space, or name another folder with GRADSTREAM_CACHE or the option for it.',
  EDQUOT: 'Your quota on this disk is used up: free some space, or name another folder with GRADSTREAM_CACHE.',
  EACCES: 'You may not write there: name another folder with GRADSTREAM_CACHE or the option for it.',
  EPERM: 'You may not write there: name another folder with GRADSTREAM_CACHE or the option for it.',
  EROFS: 'This file system is read-only: name a folder on another one with GRADSTREAM_CACHE or the option for it.',
  ENOTDIR: 'A part of this path is a file, not a folder: name another folder with GRADSTREAM_CACHE.',
  EEXIST: 'A part of this path is a file, not a folder: name another folder with GRADSTREAM_CACHE.',
};

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
   */
  static explain(error: unknown, path: string, need: string): unknown {
    const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
    const cure = Object.hasOwn(CURES, code) ? CURES[code] : undefined;
    if (cure === undefined || error instanceof FileAccessError) return error;
    return new FileAccessError(path, code, `Can't write ${path} (${code}); needed: ${need}. ${cure}`, { cause: error });
  }
}
