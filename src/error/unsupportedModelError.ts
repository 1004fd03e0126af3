import { GradstreamError } from './gradstreamError.js';

/** A model file is sound, but holds something that can't be built here: a custom layer, code, an option without match. */
export class UnsupportedModelError extends GradstreamError {}
