import { availableParallelism } from 'node:os';

/** How many of the processors an option gets. Threads without one of their own would but hinder the others. */
export function processorsOf(option: string, asked: number): number {
  const most = availableParallelism();
  if (asked > most) process.stderr.write(`${option} ${asked}: there are ${most} processors; these are used.\n`);
  return Math.min(asked, most);
}
