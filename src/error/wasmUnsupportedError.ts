import { GradstreamError } from './gradstreamError.js';

/** Something that only native TensorFlow can compute was asked of the WebAssembly backend. */
export class WasmUnsupportedError extends GradstreamError {}
