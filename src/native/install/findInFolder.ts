import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { libraryNames } from './libraryNames.js';
import type { TensorflowFiles } from './tensorflowFiles.js';

/**
 * TensorFlow's libraries in a folder the user named: one that holds them, a `tensorflow` package, a `site-packages`, or
 * a whole Python environment. Undefined where they are in none of these places.
 */
export function findInFolder(folder: string, platform: NodeJS.Platform): TensorflowFiles | undefined {
  const names = libraryNames(platform);
  for (const place of placesIn(resolve(folder))) {
    const framework = join(place, names.framework);
    const cc = join(place, names.cc);
    if (!existsSync(framework) || !existsSync(cc)) continue;
    const version = installedVersion(dirname(place));
    return { framework, cc, origin: version === null ? 'path' : 'installed', version };
  }
  return undefined;
}

function placesIn(folder: string): string[] {
  const pythons = ['lib', 'lib64'].flatMap(lib =>
    list(join(folder, lib))
      .filter(name => name.startsWith('python'))
      .map(name => join(folder, lib, name, 'site-packages', 'tensorflow')),
  );
  return [folder, join(folder, 'tensorflow'), join(folder, 'site-packages', 'tensorflow'), ...pythons];
}

/** By the package's metadata beside it, such as `tensorflow_cpu-2.21.0.dist-info`. */
function installedVersion(sitePackages: string): string | null {
  for (const name of list(sitePackages)) {
    const match = /^tensorflow(?:_cpu)?-(\d[^-]*)\.dist-info$/.exec(name);
    if (match?.[1] !== undefined) return match[1];
  }
  return null;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
