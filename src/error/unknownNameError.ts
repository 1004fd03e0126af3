import { GradstreamError } from './gradstreamError.js';
import { nearest } from './nearest.js';

/** A name that is not in a list of known ones (recipe, loss, metric, optimizer, layer); suggests the nearest. */
export class UnknownNameError extends GradstreamError {
  constructor(what: string, given: string, known: readonly string[]) {
    // From JavaScript it may be anything.
    const suggestion = nearest(String(given), known);
    const hint = suggestion === undefined ? '' : ` Did you mean '${suggestion}'?`;
    super(`Unknown ${what} '${given}'.${hint} ${known.length === 0 ? 'There is none' : `Known: ${known.join(', ')}`}.`);
  }
}
