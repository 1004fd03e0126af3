import { GradstreamError } from './gradstreamError.js';

/** A file could not be fetched from any of its addresses. */
export class DownloadError extends GradstreamError {}
