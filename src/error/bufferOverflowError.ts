import { GradstreamError } from './gradstreamError.js';

/** A source that can't be slowed down gave more items than its operator was allowed to hold. */
export class BufferOverflowError extends GradstreamError {}
