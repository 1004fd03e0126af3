import { GradstreamError } from './gradstreamError.js';

/** A data source gave no batch where at least one is needed. */
export class DataExhaustedError extends GradstreamError {}
