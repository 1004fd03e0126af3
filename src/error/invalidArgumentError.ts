import { GradstreamError } from './gradstreamError.js';

/** A value that can't be meant: raised where it is passed in, before anything runs. */
export class InvalidArgumentError extends GradstreamError {}
