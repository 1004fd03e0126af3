/**
 * Base of every error that gradstream raises on purpose. Its message says what was given, what was expected and how to
 * mend it; the command line prints it without a stack.
 */
export class GradstreamError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
