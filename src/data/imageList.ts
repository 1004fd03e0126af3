import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { checkOptions } from '../error/checkOptions.js';
import { FileFormatError } from '../error/fileFormatError.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { UnknownNameError } from '../error/unknownNameError.js';
import { byCodePoint } from '../text/byCodePoint.js';
import { type ClassMode, checkClasses, classLabels } from './classMode.js';
import { DECODE_OPTIONS, type DecodeOptions, imageDecoder } from './imageDecoder.js';
import { parseCsv } from './parseCsv.js';
import { type CorruptOptions, readableFiles } from './readableFiles.js';
import { rescaling } from './rescaling.js';
import type { IndexedSource } from './source.js';

/** The parameters of Keras's `flow_from_dataframe` that are about the data. */
export interface ImageListOptions extends DecodeOptions, CorruptOptions {
  /** Where the files are, but for those with an absolute path. Default: the folder of the list. */
  readonly directory?: string;
  /** Column of the file names. Default: `filename`. */
  readonly xCol?: string;
  /** Column of the classes, or columns of numbers for `raw`. Default: `class`. */
  readonly yCol?: string | readonly string[];
  /** Column of sample weights. */
  readonly weightCol?: string;
  /** In the order of their numbers. Default: all that occur, by code point. */
  readonly classes?: readonly string[];
  /** `raw`: the numbers of `yCol` as they are. Default: `categorical`. */
  readonly classMode?: ClassMode | 'raw';
  /** Factor that makes network inputs of bytes, such as 1/255. */
  readonly rescale?: number;
}

const OPTIONS: Readonly<Record<keyof ImageListOptions, true>> = {
  ...DECODE_OPTIONS,
  onCorrupt: true,
  onMessage: true,
  directory: true,
  xCol: true,
  yCol: true,
  weightCol: true,
  classes: true,
  classMode: true,
  rescale: true,
};

/** A line of the list. */
type Row = Readonly<Record<string, unknown>>;

/**
 * Pictures named in a list as a source: a CSV file with a header, or one JSON object a line (suffix `.jsonl` or
 * `.ndjson`). They are decoded as by `imageFolder`.
 *
 * @throws FileFormatError where the list can't be read; InvalidArgumentError where a column or value is missing; one of these or
 *   UnknownNameError where the options can't be meant
 */
export async function imageList(file: string, options: ImageListOptions = {}): Promise<IndexedSource> {
  checkOptions('imageList', options, OPTIONS);
  const {
    directory = dirname(file),
    xCol = 'filename',
    yCol = 'class',
    weightCol,
    classMode = 'categorical',
  } = options;
  const { decode, inputShape, readAhead } = imageDecoder(options);
  const scaling = rescaling(options.rescale);
  checkClasses(options.classes);
  const columns = [yCol].flat();
  if (classMode !== 'raw' ? columns.length > 1 : columns.length === 0) {
    throw new InvalidArgumentError(
      `yCol names ${columns.length} columns with class mode '${classMode}': give ` +
        (classMode === 'raw' ? 'one or more of numbers.' : "one, that of the classes; several are for 'raw'."),
    );
  }
  const rows = await readRows(file);
  const pathOf = (row: Row): string => {
    const name = textOf(row, xCol);
    return isAbsolute(name) ? name : join(directory, name);
  };
  const labels = classMode === 'raw' ? rawLabels(columns) : namedLabels(columns[0]);
  for (const row of rows) {
    pathOf(row);
    labels.of(row, new Uint8Array(0));
    if (weightCol !== undefined) numberOf(row, weightCol);
  }
  const files = await readableFiles(rows, row => decode(pathOf(row)), options);
  if (files.length === 0) throw new InvalidArgumentError(`${file} names no picture that can be read.`);
  return {
    kind: 'indexed',
    name: file,
    size: files.length,
    inputShape,
    readAhead,
    ...(labels.classNames && { classNames: labels.classNames }),
    ...(scaling && { scaling }),
    ...(classMode === 'input' && { targetShape: inputShape, ...(scaling && { targetScaling: scaling }) }),
    async read(index) {
      const row = files[index];
      const x = await decode(pathOf(row));
      return { x, y: labels.of(row, x), ...(weightCol !== undefined && { weight: numberOf(row, weightCol) }) };
    },
  };

  function rawLabels(columns: readonly string[]) {
    const of = (row: Row) =>
      columns.length === 1 ? numberOf(row, columns[0]) : Float32Array.from(columns, column => numberOf(row, column));
    return { of: (row: Row, _: Uint8Array) => of(row), classNames: undefined };
  }

  function namedLabels(column: string) {
    const isNeeded = classMode !== 'none' && classMode !== 'input';
    const names = isNeeded ? rows.map(row => textOf(row, column)) : [];
    const classNames = options.classes ?? [...new Set(names)].sort(byCodePoint);
    const numbers = new Map(classNames.map((name, i) => [name, i]));
    const labelOf = classLabels(classMode as ClassMode, classNames.length, file);
    const of = (row: Row, x: Uint8Array) => {
      const number = isNeeded ? numbers.get(textOf(row, column)) : 0;
      if (number === undefined) throw new UnknownNameError(`class in ${file}:`, textOf(row, column), classNames);
      return labelOf(number, x);
    };
    return { of, classNames: isNeeded ? classNames : undefined };
  }

  function textOf(row: Row, column: string): string {
    const value = row[column];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
    throw missing(row, column);
  }

  function numberOf(row: Row, column: string): number {
    const value = row[column];
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    throw missing(row, column);
  }

  function missing(row: Row, column: string): InvalidArgumentError {
    return new InvalidArgumentError(
      `${file}: row ${rows.indexOf(row) + 1} has ${JSON.stringify(row[column])} in column '${column}'. ` +
        `Columns: ${Object.keys(row).join(', ')}; they are chosen by xCol, yCol and weightCol.`,
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
