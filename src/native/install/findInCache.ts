import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { libraryNames } from './libraryNames.js';
import type { TensorflowFiles } from './tensorflowFiles.js';

/** Stands in a folder of the cache once everything in it is whole. */
export const MANIFEST = 'manifest.json';

export interface Manifest {
  readonly version: string;
  /** Bytes of each library by its file name. */
  readonly files: Readonly<Record<string, number>>;
}

/** The libraries in a folder of the cache, or undefined where they are not whole. A few calls: it is on every start's way. */
export function findInCache(folder: string, platform: NodeJS.Platform): TensorflowFiles | undefined {
  const names = libraryNames(platform);
  try {
    const { version, files } = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Manifest;
    const isWhole = [names.framework, names.cc].every(name => statSync(join(folder, name)).size === files[name]);
    if (!isWhole) return undefined;
    return { framework: join(folder, names.framework), cc: join(folder, names.cc), origin: 'cache', version };
  } catch {
    return undefined;
  }
}
