/** Where TensorFlow's two shared libraries are. */
export interface TensorflowFiles {
  /** Loaded first, with its symbols visible to all. */
  readonly framework: string;
  /** Exports the C API. */
  readonly cc: string;
  /** A folder of libraries the user named, the cache, a wheel that was fetched just now, or a Python environment. */
  readonly origin: 'path' | 'cache' | 'wheel' | 'installed';
  /** Null where a folder of libraries doesn't tell. */
  readonly version: string | null;
}
