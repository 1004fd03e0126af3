import { readFile } from 'node:fs/promises';
import { FileFormatError } from '../error/fileFormatError.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { parseCsv } from './parseCsv.js';

/** A line of a list: values by column, all of them texts in a CSV file. */
export type Row = Readonly<Record<string, unknown>>;

/** A list of examples, and what its columns are asked for. All but the rows throw InvalidArgumentError for any other value. */
export interface List {
  readonly rows: readonly Row[];
  text(row: Row, column: string): string;
  /** One text stands for a list of one. */
  texts(row: Row, column: string): readonly string[];
  /** Finite; a text that is a number counts as it. */
  number(row: Row, column: string): number;
}

/**
 * Reads a CSV file with a header, or one JSON object a line (suffix `.jsonl` or `.ndjson`).
 *
 * @throws InvalidArgumentError where it can't be read; FileFormatError where its format is another
 */
export async function readList(file: string): Promise<List> {
  const rows = await readRows(file);
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  return {
    rows,
    text(row, column) {
      const value = row[column];
      return isText(value) ? value : refuse(row, column, 'a text');
    },
    texts(row, column) {
      const value = row[column];
      const values: readonly unknown[] = Array.isArray(value) ? value : [value];
      return values.every(isText) ? values : refuse(row, column, 'a text or a list of texts');
    },
    number(row, column) {
      const value = row[column];
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof number === 'number' && Number.isFinite(number) ? number : refuse(row, column, 'a number');
    },
  };

  function refuse(row: Row, column: string, expected: string): never {
    throw new InvalidArgumentError(
      `${file}: row ${rows.indexOf(row) + 1} has ${JSON.stringify(row[column])} in column '${column}'. ` +
        `Columns: ${Object.keys(row).join(', ')}; they are chosen by xCol, yCol, weightCol and aux. Expected: ${expected}.`,
    );
  }
}

async function readRows(file: string): Promise<readonly Row[]> {
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    throw new InvalidArgumentError(`Can't read the list ${file} (${(error as Error).message}).`, { cause: error });
  }
  if (/\.(jsonl|ndjson)$/i.test(file)) return readJsonLines(text, file);
  const [header = [], ...lines] = parseCsv(text, file);
  const wrong = lines.findIndex(({ length }) => length !== header.length);
  if (wrong >= 0) {
    throw new FileFormatError(
      `${file}: row ${wrong + 1} has ${lines[wrong].length} fields, but the header has ${header.length}.`,
    );
  }
  return lines.map(fields => Object.fromEntries(header.map((name, i) => [name, fields[i]])));
}

function readJsonLines(text: string, file: string): Row[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    try {
      const row: unknown = JSON.parse(line);
      if (typeof row === 'object' && row !== null && !Array.isArray(row)) return [row as Row];
    } catch {
      // Told below, as any other line that is no object.
    }
    throw new FileFormatError(`${file}: line ${i + 1} is no JSON object.`);
  });
}
