import type { AugmentParameters } from '../../src/augment/augmentParameters.js';

/** Changes nothing. */
export const NEUTRAL_PARAMETERS: AugmentParameters = {
  theta: 0,
  tx: 0,
  ty: 0,
  shear: 0,
  zx: 1,
  zy: 1,
  flipHorizontal: false,
  flipVertical: false,
  channelShift: null,
  brightness: null,
};
