import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CsvLoggerOptions, csvWriter } from '../../../operators/csvLogger.js';
import type { CsvLogs } from '../../../src/file/csv.js';
import { compareEqual } from '../comparison.js';
import type { Runner } from '../runner.js';

interface Given {
  readonly options: CsvLoggerOptions;
  /** Text that the file has before; null: no file. */
  readonly existing: string | null;
  readonly logs: readonly CsvLogs[];
}

interface Expect {
  readonly text: string;
}

/** Kind `csv_logger`: the file that CSVLogger writes, byte for byte. */
export const csvLogger: Runner = async ({ given, expect }) => {
  const { options, existing, logs } = given as Given;
  const folder = await mkdtemp(join(tmpdir(), 'gradstream-golden-'));
  try {
    const file = join(folder, 'log.csv');
    if (existing !== null) await writeFile(file, existing);
    const writer = csvWriter(file, options);
    writer.open();
    logs.forEach((epoch, i) => {
      writer.write(i, epoch);
    });
    writer.close();
    return [compareEqual('text', await readFile(file, 'utf8'), (expect as Expect).text)];
  } finally {
    await rm(folder, { recursive: true });
  }
};
