import { DilatedDepthwiseConv2D } from '../../layer/dilatedDepthwiseConv2d.js';
import { ResetAfterGRU, ResetAfterGRUCell } from '../../layer/resetAfterGru.js';

/** Classes that do what Keras's does where tfjs's of the same name doesn't, and Keras's names of them. */
const standsFor: Readonly<Record<string, string>> = {
  [DilatedDepthwiseConv2D.className]: 'DepthwiseConv2D',
  [ResetAfterGRU.className]: 'GRU',
  [ResetAfterGRUCell.className]: 'GRUCell',
};

/** Keras's name of a class that a model here may have. */
export const withoutStandIn = (className: string): string =>
  Object.hasOwn(standsFor, className) ? standsFor[className] : className;
