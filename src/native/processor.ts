import { readFileSync } from 'node:fs';

/** Lines of all processors; null where they can't be told. Read once: the file is long where there are many. */
let flags: string | null | undefined;

/** Whether the processor has an extension (`avx`, `avx512f`) by Linux's name for it; null where that can't be told. */
export function processorHas(extension: string): boolean | null {
  if (flags === undefined) flags = readFlags();
  return flags === null ? null : new RegExp(`\\b${extension}\\b`).test(flags);
}

function readFlags(): string | null {
  if (process.arch !== 'x64' || process.platform !== 'linux') return null;
  try {
    return [...new Set(readFileSync('/proc/cpuinfo', 'utf8').match(/(?<=^flags\s*:).*$/gm))].join('\n');
  } catch {
    return null;
  }
}

/** The widest vectors that a processor has instructions for; `other` where these are neither, or can't be told. */
export type Vectors = 'avx512' | 'avx2' | 'other';

/** @param has whether it has an extension */
export function processorVectors(has: (extension: string) => boolean | null = processorHas): Vectors {
  if (has('avx512f') === true) return 'avx512';
  return has('avx2') === true ? 'avx2' : 'other';
}

/** Whether the processor computes in bfloat16; null where that can't be told. */
export function processorHasBfloat16(): boolean | null {
  const found = ['avx512_bf16', 'amx_bf16'].map(processorHas);
  return found[0] === null ? null : found.includes(true);
}
