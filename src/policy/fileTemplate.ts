import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { type PythonNumber, pythonFormat } from '../text/pythonFormat.js';

/** A file name with fields in it, as Python's `str.format` fills them: `runs/{epoch:03d}-{val_loss:.2f}.h5`. */
export interface FileTemplate {
  /** Names of the fields, each once. */
  readonly fields: readonly string[];
  /** Fills the fields; raises where one is missing. */
  format(values: ReadonlyMap<string, PythonNumber>): string;
}

type Piece = string | Field;

interface Field {
  readonly name: string;
  readonly spec: string;
}

/** Literal text, an escaped brace, a field, or a brace that fits nowhere. */
const PIECE = /[^{}]+|\{\{|\}\}|\{(?<name>[A-Za-z_]\w*)(?::(?<spec>[^{}]*))?\}|[{}]/gu;

/**
 * Parses a template. A field is a name and, after a colon, a format specification; `{{` and `}}` are braces.
 *
 * @param who named in messages
 * @throws InvalidArgumentError where a brace stands alone, or a field is no name
 */
export function fileTemplate(who: string, template: string): FileTemplate {
  const pieces = [...template.matchAll(PIECE)].map(({ 0: text, groups }): Piece => {
    if (groups?.name !== undefined) return { name: groups.name, spec: groups.spec ?? '' };
    if (text === '{' || text === '}') {
      throw new InvalidArgumentError(
        `${who}: '${template}' has a brace that begins or ends no field; fields look like {epoch} or {val_loss:.2f}, ` +
          'and a brace itself is written twice.',
      );
    }
    return text === '{{' ? '{' : text === '}}' ? '}' : text;
  });
  return {
    fields: [...new Set(pieces.flatMap(piece => (typeof piece === 'string' ? [] : [piece.name])))],
    format: values =>
      pieces
        .map(piece => {
          if (typeof piece === 'string') return piece;
          const value = values.get(piece.name);
          if (value !== undefined) return pythonFormat(value, piece.spec);
          throw new InvalidArgumentError(
            `${who}: field {${piece.name}} of '${template}' has no value here; there are ${[...values.keys()].join(', ')}.`,
          );
        })
        .join(''),
  };
}
