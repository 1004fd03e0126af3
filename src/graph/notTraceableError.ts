import { GradstreamError } from '../error/gradstreamError.js';

/**
 * A step does something that can't stand in a graph: reads values on the host, draws random numbers in JavaScript, or has
 * shapes that depend on data. Eager execution can do it.
 */
export class NotTraceableError extends GradstreamError {
  /** The line of the caller's code that asked for it, where it could be found. */
  readonly origin: string | undefined;

  constructor(what: string, cure: string) {
    const origin = callerOutsideLibraries(wholeStack());
    super(`This step can't be compiled: ${what}${origin === undefined ? '' : ` (at ${origin})`}. ${cure}`);
    this.origin = origin;
  }
}

/** Between the caller and here TensorFlow.js alone may have more frames than Node notes. */
function wholeStack(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 100;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return stack;
}

/** Packages, and TensorFlow.js's sources where its source maps are in use, which place them outside node_modules. */
const LIBRARIES = /node_modules|node:|[\\/]tfjs-[a-z-]+[\\/]src[\\/]/;

/** First frame of a stack that is neither Node's, nor a package's, nor gradstream's own. */
function callerOutsideLibraries(stack: string): string | undefined {
  const own = import.meta.url.replace(/(?:dist\/)?src\/graph\/[^/]*$/, '');
  for (const line of stack.split('\n').slice(1)) {
    const place = /(?:\(|at )((?:file:\/\/|\/|[A-Za-z]:\\)[^()]+:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place === undefined || LIBRARIES.test(place)) continue;
    const path = place.startsWith('file:') ? place : `file://${place}`;
    const inside = path.startsWith(own) ? path.slice(own.length) : undefined;
    if (inside !== undefined && /^(dist\/)?(src|operators|pipelines|vendor)\//.test(inside)) continue;
    return place.replace(/^file:\/\//, '');
  }
  return undefined;
}
