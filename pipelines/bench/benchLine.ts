/** One line of the benchmarks' output: what was measured, under which name. */
export interface BenchLine {
  readonly bench: string;
  readonly variant: string;
  readonly threads: number;
  readonly [key: string]: unknown;
}

/** Prints a line in the benchmarks' common format. */
export function printLine({ bench, variant, threads, ...rest }: BenchLine): void {
  const line = {
    bench,
    system: 'gradstream',
    variant,
    ...rest,
    threads,
    rss_mb: Math.round(process.memoryUsage.rss() / 1e6),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** The value below which the share `p` of the values lies. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
}
