import { GradstreamError } from './gradstreamError.js';

/** A file is not what it should be: cut, damaged, hostile, or of another format. The message names the place. */
export class FileFormatError extends GradstreamError {}
