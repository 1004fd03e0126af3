/** Writes lines to standard error, each once: training and test data are found in the same place, which is said by both. */
export function noteOnce(): (line: string) => void {
  const told = new Set<string>();
  return line => {
    if (!told.has(line)) process.stderr.write(`${line}\n`);
    told.add(line);
  };
}
