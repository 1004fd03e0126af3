import { readFileSync } from 'node:fs';

/** Whether the processor has an extension (`avx`, `avx512f`) by Linux's name for it; null where that can't be told. */
export function processorHas(extension: string): boolean | null {
  if (process.arch !== 'x64' || process.platform !== 'linux') return null;
  try {
    return new RegExp(`^flags\\s*:.*\\b${extension}\\b`, 'm').test(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    return null;
  }
}
