import type { Operation, Output } from './graph.js';
import { NotTraceableError } from './notTraceableError.js';

/**
 * TensorFlow's C++ gradient of a convolution forgets its dilations, without a word. (Layers go round it, see `convolve`.)
 *
 * @throws NotTraceableError where the loss depends on such a convolution
 */
export function refuseDilatedConvolutions(loss: Output, producer: (output: Output) => Operation | undefined): void {
  const seen = new Set<Operation>();
  const ahead = [loss];
  for (let output = ahead.pop(); output !== undefined; output = ahead.pop()) {
    const operation = producer(output);
    if (operation === undefined || seen.has(operation)) continue;
    seen.add(operation);
    if (operation.type === 'Conv2D' && isDilated(operation)) {
      throw new NotTraceableError(
        'it takes the gradient of a dilated convolution, which TensorFlow gets wrong',
        'Use a convolution layer, which goes another way, or spaceToBatchND and a plain convolution.',
      );
    }
    ahead.push(...(operation.inputs ?? []).flat());
  }
}

function isDilated({ attributes = [] }: Operation): boolean {
  const dilations = attributes.find(({ name }) => name === 'dilations')?.value;
  return Array.isArray(dilations) && dilations.some(rate => rate > 1);
}
