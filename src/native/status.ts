import { GradstreamError } from '../error/gradstreamError.js';
import type { Library } from './library.js';
import type { Pointer } from './signatures.js';

/** TensorFlow refused or failed; the message is TensorFlow's own. `code` is a value of `TF_Code`. */
export class TensorflowError extends GradstreamError {
  constructor(
    readonly code: number,
    readonly operation: string,
    message: string,
  ) {
    super(`TensorFlow could not run ${operation}: ${message}`);
  }
}

/** A `TF_Status` to hand to calls; one per call in flight. */
export class Status {
  readonly pointer: Pointer;

  constructor(private readonly library: Library) {
    this.pointer = library.TF_NewStatus();
  }

  /** @throws TensorflowError where the last call with this status failed. */
  check(operation: string): void {
    const code = this.library.TF_GetCode(this.pointer);
    if (code !== 0) throw new TensorflowError(code, operation, this.library.TF_Message(this.pointer));
  }

  dispose(): void {
    this.library.TF_DeleteStatus(this.pointer);
  }
}
