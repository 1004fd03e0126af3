import { FileFormatError } from './fileFormatError.js';

/** A file was written by a newer version of this library, which this one can't read. */
export class NewerFormatError extends FileFormatError {}
