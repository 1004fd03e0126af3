import { GradstreamError } from './gradstreamError.js';

/** Something is to be computed before it was said by what. */
export class BackendMissingError extends GradstreamError {
  constructor() {
    super(
      "TensorFlow.js has no backend yet: call 'await useNative()' first (or 'await useWasm()'), before models are built or loaded. " +
        'What a module imports runs before it: build models in functions.',
    );
  }
}
