import { BilinearUpSampling2D } from '../../layer/bilinearUpSampling2d.js';
import { CausalConv1D } from '../../layer/causalConv1d.js';
import { DilatedDepthwiseConv2D } from '../../layer/dilatedDepthwiseConv2d.js';
import { GroupedConv1D } from '../../layer/groupedConv1d.js';
import { GroupedConv2D } from '../../layer/groupedConv2d.js';
import { ResetAfterGRU, ResetAfterGRUCell } from '../../layer/resetAfterGru.js';
import { RmsScalingNormalization } from '../../layer/rmsScalingNormalization.js';
import { ZEROING } from '../../layer/zeroingRecurrent.js';
import { hasGroups, isDilated, type KerasConfig } from './kerasConfig.js';

/** A class that does what Keras's of some config does, where tfjs's of the same name doesn't. */
interface StandIn {
  readonly className: string;
  readonly standsFor: string;
  isNeeded(config: KerasConfig): boolean;
}

const resetsAfter = (config: KerasConfig): boolean => config.reset_after === true;
const zeroes = (config: KerasConfig): boolean => config.zero_output_for_mask === true;

const STAND_INS: readonly StandIn[] = [
  {
    className: BilinearUpSampling2D.className,
    standsFor: 'UpSampling2D',
    isNeeded: ({ interpolation }) => interpolation === 'bilinear',
  },
  { className: GroupedConv1D.className, standsFor: 'Conv1D', isNeeded: hasGroups },
  { className: CausalConv1D.className, standsFor: 'Conv1D', isNeeded: ({ padding }) => padding === 'causal' },
  { className: DilatedDepthwiseConv2D.className, standsFor: 'DepthwiseConv2D', isNeeded: isDilated },
  { className: GroupedConv2D.className, standsFor: 'Conv2D', isNeeded: hasGroups },
  {
    className: RmsScalingNormalization.className,
    standsFor: 'LayerNormalization',
    isNeeded: ({ rms_scaling }) => rms_scaling === true,
  },
  { className: ZEROING.LSTM.className, standsFor: 'LSTM', isNeeded: zeroes },
  { className: ZEROING.SimpleRNN.className, standsFor: 'SimpleRNN', isNeeded: zeroes },
  {
    className: ZEROING.ResetAfterGRU.className,
    standsFor: 'GRU',
    isNeeded: config => zeroes(config) && resetsAfter(config),
  },
  { className: ZEROING.GRU.className, standsFor: 'GRU', isNeeded: zeroes },
  { className: ResetAfterGRU.className, standsFor: 'GRU', isNeeded: resetsAfter },
  { className: ResetAfterGRUCell.className, standsFor: 'GRUCell', isNeeded: resetsAfter },
];

/** The class that a layer of Keras is built of. */
export const withStandIn = (className: string, config: KerasConfig): string =>
  STAND_INS.find(({ standsFor, isNeeded }) => standsFor === className && isNeeded(config))?.className ?? className;

/** Keras's name of a class that a model here may have. */
export const withoutStandIn = (className: string): string =>
  STAND_INS.find(standIn => standIn.className === className)?.standsFor ?? className;
