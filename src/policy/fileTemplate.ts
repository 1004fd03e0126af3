import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { pythonFloat } from '../text/pythonFloat.js';
import { type PythonNumber, pythonFormat } from '../text/pythonFormat.js';
import { pythonFormatText } from '../text/pythonFormatText.js';

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
  /** Whether the value becomes text before it is formatted: for numbers `!r`, `!s` and `!a` are the same. */
  readonly asText: boolean;
  readonly spec: string;
}

/**
 * Literal text, an escaped brace, a field, or a brace that fits nowhere. A name is any that a metric may have: no number, which
 * would be a place, nor a point or bracket, which would be a look-up in the value.
 */
const PIECE = /[^{}]+|\{\{|\}\}|\{(?!\d+[!:}])(?<name>[^{}!:.[]+)(?<text>![rsa])?(?::(?<spec>[^{}]*))?\}|[{}]/gu;

/**
 * Parses a template. A field is a name and, each if wanted, a conversion (`!r`, `!s`, `!a`) and, after a colon, a format
 * specification; `{{` and `}}` are braces.
 *
 * @param who named in messages
 * @throws InvalidArgumentError where a brace stands alone, or a field is no name
 */
export function fileTemplate(who: string, template: string): FileTemplate {
  const pieces = [...template.matchAll(PIECE)].map(({ 0: text, groups }): Piece => {
    if (groups?.name !== undefined) {
      return { name: groups.name, asText: groups.text !== undefined, spec: groups.spec ?? '' };
    }
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
          if (value !== undefined) return formatted(value, piece);
          throw new InvalidArgumentError(
            `${who}: '${template}' has the unknown field {${piece.name}}; here there are ${[...values.keys()].join(', ')}.`,
          );
        })
        .join(''),
  };
}

function formatted(number: PythonNumber, { asText, spec }: Field): string {
  if (!asText) return pythonFormat(number, spec);
  return pythonFormatText(number.type === 'int' ? String(number.value) : pythonFloat(number.value), spec);
}
