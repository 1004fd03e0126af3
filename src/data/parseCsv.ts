import { FileFormatError } from '../error/fileFormatError.js';

const PLAIN = /[^",\r\n]*/y;
const SEPARATOR = /,|\r?\n|\r|$/y;

/**
 * The fields of each line: separated by commas, in double quotes where they hold a comma, a line end or a (doubled) quote.
 * Empty lines don't count. A carriage return alone ends a line, too, as some spreadsheets write it. Source: RFC 4180.
 *
 * @throws FileFormatError where a quote isn't closed
 */
export function parseCsv(text: string, origin: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  const end = text.length;
  for (let at = 0; at < end; ) {
    const field = fieldAt(text, at);
    const separator = field && separatorAt(text, field.end);
    if (field === undefined || separator === undefined) {
      const number = text.slice(0, at).split('\n').length;
      throw new FileFormatError(`${origin}: line ${number} has a quote that isn't closed, or stands amid a field.`);
    }
    line.push(field.value);
    at = field.end + separator.length;
    if (separator === ',' && at < end) continue;
    if (separator === ',') line.push('');
    if (line.length > 1 || line[0] !== '') lines.push(line);
    line = [];
  }
  return lines;
}

/** Undefined where a quote isn't closed. A pattern for both kinds would need a stack as long as the field. */
function fieldAt(text: string, at: number): { readonly value: string; readonly end: number } | undefined {
  if (text[at] !== '"') {
    const value = matchAt(PLAIN, text, at) ?? '';
    return { value, end: at + value.length };
  }
  let quote = text.indexOf('"', at + 1);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  return quote < 0 ? undefined : { value: text.slice(at + 1, quote).replaceAll('""', '"'), end: quote + 1 };
}

/** Empty at the text's end. */
const separatorAt = (text: string, at: number): string | undefined => matchAt(SEPARATOR, text, at);

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
