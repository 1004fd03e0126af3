import { FileFormatError } from '../error/fileFormatError.js';

/**
 * The fields of each line: separated by commas, in double quotes where they hold a comma, a line end or a (doubled) quote.
 * Empty lines don't count. Source: RFC 4180.
 *
 * @throws FileFormatError where a quote isn't closed
 */
export function parseCsv(text: string, origin: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  const end = text.length;
  while (field.lastIndex < end) {
    const at = field.lastIndex;
    const found = field.exec(text);
    if (found === null) {
      const number = text.slice(0, at).split('\n').length;
      throw new FileFormatError(`${origin}: line ${number} has a quote that isn't closed, or stands amid a field.`);
    }
    const [, quoted, plain, separator] = found;
    line.push(quoted?.replaceAll('""', '"') ?? plain);
    if (separator === ',' && field.lastIndex < end) continue;
    if (separator === ',') line.push('');
    if (line.length > 1 || line[0] !== '') lines.push(line);
    line = [];
  }
  return lines;
}
