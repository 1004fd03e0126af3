import { GradstreamError } from './gradstreamError.js';

/** Native TensorFlow is not on this machine and could not be brought there; the message says why, and the cure. */
export class TensorflowMissingError extends GradstreamError {}
