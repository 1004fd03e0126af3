import type { Source } from '../src/data/source.js';
import { DataExhaustedError } from '../src/error/dataExhaustedError.js';

/** @param where there was none: for what, or in which step */
export const noBatch = ({ name }: Source, where = ''): DataExhaustedError =>
  new DataExhaustedError(
    `'${name}' gave no batch${where}. Is it empty, or the batch larger than the set and its remainder dropped?`,
  );
