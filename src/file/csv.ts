import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { byCodePoint } from '../text/byCodePoint.js';
import { pythonFloat } from '../text/pythonFloat.js';

/** What may stand in a column: a metric's value, or one with a value for each class. */
export type CsvValue = number | readonly number[];

export type CsvLogs = Readonly<Record<string, CsvValue>>;

/** Writes the lines of one log, each with its line end `\r\n`. */
export interface CsvLog {
  readonly header: string;
  row(epoch: number, logs: CsvLogs): string;
}

/**
 * The text of Keras's CSVLogger. Columns are `epoch` and the sorted names of the first epoch's logs; if no name of them
 * begins with `val_`, columns `val_…` are added for all, so that a validation that comes later has its place. A later
 * name is dropped, a missing value is `NA`. Numbers are written as Python writes floats.
 *
 * @param first logs of the first epoch
 *
 * Source: `csv_logger.py` of Keras 3; dialect `excel` of Python's csv module.
 */
export function csvLog(first: CsvLogs, separator = ','): CsvLog {
  if (separator.length !== 1 || /["\r\n]/.test(separator)) {
    throw new InvalidArgumentError(
      `A CSV separator must be one character and no quote or line end, got ${JSON.stringify(separator)}.`,
    );
  }
  const names = Object.keys(first).sort(byCodePoint);
  const validated = names.some(name => name.startsWith('val_'));
  const columns = validated ? names : [...names, ...names.map(name => `val_${name}`)];
  const line = (fields: readonly string[]): string =>
    `${fields.map(field => quoted(field, separator)).join(separator)}\r\n`;
  return {
    header: line(['epoch', ...columns]),
    row: (epoch, logs) => line([String(epoch), ...columns.map(name => text(logs[name]))]),
  };
}

function text(value: CsvValue | undefined): string {
  if (value === undefined) return 'NA';
  return typeof value === 'number' ? pythonFloat(value) : `"[${value.map(pythonFloat).join(', ')}]"`;
}

/** Python's QUOTE_MINIMAL. */
function quoted(field: string, separator: string): string {
  const needed = field.includes(separator) || /["\r\n]/.test(field);
  return needed ? `"${field.replaceAll('"', '""')}"` : field;
}
