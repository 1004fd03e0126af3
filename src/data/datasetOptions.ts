import type { DownloadProgress } from '../file/download.js';

/** Where a published data set may come from. */
export interface DatasetOptions {
  /**
   * Folder with the set's files, or with the set's own folder in it; for CIFAR the archive itself will do, too.
   * `GRADSTREAM_DATA` if not given, then the cache, then a download.
   */
  readonly data?: string;
  /** Addresses of folders to download from, tried in order; the public ones if not given. */
  readonly mirrors?: readonly string[];
  /** Told in a sentence what the user should know: a download, a fallback. */
  readonly onMessage?: (message: string) => void;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}
