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

/** Whether the processor computes in bfloat16; null where that can't be told. */
export function processorHasBfloat16(): boolean | null {
  const found = ['avx512_bf16', 'amx_bf16'].map(processorHas);
  return found[0] === null ? null : found.includes(true);
}
