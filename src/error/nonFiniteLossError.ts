import { GradstreamError } from './gradstreamError.js';

/** The loss became NaN or infinite, and the run was told to fail then. */
export class NonFiniteLossError extends GradstreamError {}
