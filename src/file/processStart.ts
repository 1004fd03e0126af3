import { readFileSync } from 'node:fs';

/**
 * When a process of this machine began, as a text that no other process has: numbers of processes are given anew. Undefined where
 * there is none, or the system doesn't tell (only Linux does).
 */
export function processStart(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything.
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return start && `${boot}/${start}`;
  } catch {
    return undefined;
  }
}
