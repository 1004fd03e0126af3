import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { UnknownNameError } from '../error/unknownNameError.js';
import { type Auxiliary, mapAuxiliary } from './auxiliary.js';
import type { ClassMode } from './classMode.js';
import type { List, Row } from './readList.js';

/** What a row of a list says of a picture. */
export interface ListEntry {
  readonly filename: string;
  /** None where the class mode needs none. */
  readonly classes: readonly string[];
  /** 0 but in class mode `raw`. */
  readonly numbers: number | Float32Array;
  readonly weight?: number;
  readonly aux?: Auxiliary<Float32Array, number | Float32Array>;
}

export interface ListColumns {
  readonly xCol: string;
  readonly yCol: string | readonly string[];
  readonly weightCol: string | undefined;
  readonly classMode: ClassMode | 'raw';
  readonly aux: Auxiliary<string | readonly string[]> | undefined;
}

/** Whether labels are made of classes. */
export const needsClasses = (classMode: ClassMode | 'raw'): boolean => !['input', 'none', 'raw'].includes(classMode);

/**
 * All rows, looked at in the columns that count.
 *
 * @throws InvalidArgumentError where a column or value is missing, or the columns don't fit the class mode
 */
export function listEntries(list: List, { xCol, yCol, weightCol, classMode, aux }: ListColumns): readonly ListEntry[] {
  const columns = [yCol].flat();
  if (classMode !== 'raw' ? columns.length > 1 : columns.length === 0) {
    throw new InvalidArgumentError(
      `yCol names ${columns.length} columns with class mode '${classMode}': give ` +
        (classMode === 'raw' ? 'one or more of numbers.' : "one, that of the classes; several are for 'raw'."),
    );
  }
  return list.rows.map(row => ({
    filename: list.text(row, xCol),
    classes: needsClasses(classMode) ? classesOf(row) : [],
    numbers: classMode === 'raw' ? numbersOf(row, yCol) : 0,
    ...(weightCol !== undefined && { weight: list.number(row, weightCol) }),
    ...mapAuxiliary(
      aux,
      names => vectorOf(row, [names].flat()),
      names => numbersOf(row, names),
    ),
  }));

  function classesOf(row: Row): readonly string[] {
    return classMode === 'categorical' ? list.texts(row, columns[0]) : [list.text(row, columns[0])];
  }

  function numbersOf(row: Row, names: string | readonly string[]): number | Float32Array {
    return typeof names === 'string' ? list.number(row, names) : vectorOf(row, names);
  }

  function vectorOf(row: Row, names: readonly string[]): Float32Array {
    return Float32Array.from(names, name => list.number(row, name));
  }
}

/** The entries that have one of the classes at least. */
export function entriesOfClasses(entries: readonly ListEntry[], classes: readonly string[]): readonly ListEntry[] {
  const known = new Set(classes);
  return entries.filter(entry => entry.classes.some(name => known.has(name)));
}

/**
 * Where a class has no entry and others are left out, somebody has misspelt it.
 *
 * @throws UnknownNameError where that is so
 */
export function checkMisspelt(entries: readonly ListEntry[], classes: readonly string[], file: string): void {
  const found = new Set(entries.flatMap(entry => entry.classes));
  const other = [...found].find(name => !classes.includes(name));
  if (other !== undefined && classes.some(name => !found.has(name))) {
    throw new UnknownNameError(`class in ${file}:`, other, classes);
  }
}
