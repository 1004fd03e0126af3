import type { Operation } from './graph.js';
import { NotTraceableError } from './notTraceableError.js';

/**
 * TensorFlow's C++ gradient of a convolution forgets its dilations, without a word. (Layers go round it, see `convolve`.)
 *
 * @param operations all that a gradient goes through
 * @throws NotTraceableError where such a convolution is among them
 */
export function refuseDilatedConvolutions(operations: Iterable<Operation | undefined>): void {
  for (const operation of operations) {
    if (operation?.type !== 'Conv2D' || !isDilated(operation)) continue;
    throw new NotTraceableError(
      'it takes the gradient of a dilated convolution, which TensorFlow gets wrong',
      'Use a convolution layer, which goes another way, or spaceToBatchND and a plain convolution.',
    );
  }
}

function isDilated({ attributes = [] }: Operation): boolean {
  const dilations = attributes.find(({ name }) => name === 'dilations')?.value;
  return Array.isArray(dilations) && dilations.some(rate => rate > 1);
}
