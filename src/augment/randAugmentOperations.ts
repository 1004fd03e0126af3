import { adjustBrightness } from './adjustBrightness.js';
import { adjustContrast } from './adjustContrast.js';
import { adjustSaturation } from './adjustSaturation.js';
import { adjustSharpness } from './adjustSharpness.js';
import { autoContrast } from './autoContrast.js';
import type { ColourPixels } from './colourPixels.js';
import { equalize } from './equalize.js';
import type { PixelLayout } from './pixelLayout.js';
import { posterize } from './posterize.js';
import { solarize } from './solarize.js';
import { warpNearest } from './warpNearest.js';

/** One of the operations that RandAugment chooses from. */
export interface RandAugmentOperation {
  /** @param magnitude 0 to 30 */
  strength(magnitude: number, layout: PixelLayout): number;
  /** Whether both signs are drawn. */
  readonly isSigned: boolean;
  apply(x: Uint8Array, layout: PixelLayout, amount: number): Uint8Array;
}

/** Magnitudes go from 0 to this. */
export const MAX_MAGNITUDE = 30;

const LARGEST_MOVE = 150 / 331;

/** From `first` at magnitude 0 to `last` at the greatest, in float32 as `torch.linspace` has it: a last digit can change a byte. */
function between(first: number, last: number, magnitude: number): number {
  const step = Math.fround((last - first) / MAX_MAGNITUDE);
  const isNearFirst = magnitude < MAX_MAGNITUDE / 2;
  return Math.fround(isNearFirst ? first + step * magnitude : last - step * (MAX_MAGNITUDE - magnitude));
}

const move = (apply: RandAugmentOperation['apply'], strength: RandAugmentOperation['strength']) =>
  ({ strength, isSigned: true, apply }) as const;

const fade = (apply: (x: Uint8Array, layout: PixelLayout, factor: number) => ColourPixels): RandAugmentOperation => ({
  strength: magnitude => between(0, 0.9, magnitude),
  isSigned: true,
  apply: (x, layout, amount) => apply(x, layout, 1 + amount) as Uint8Array,
});

const fixed = (apply: RandAugmentOperation['apply']): RandAugmentOperation => ({
  strength: () => 0,
  isSigned: false,
  apply,
});

/** Shears keep the picture's first corner, so they move its middle. */
const corner = (size: number): number => -size / 2;

/** Source: `RandAugment._AUGMENTATION_SPACE` and `_apply_image_or_video_transform` of torchvision. */
export const RAND_AUGMENT_OPERATIONS = {
  identity: fixed(x => x),
  shearX: move(
    (x, layout, amount) => warpNearest(x, layout, [1, amount, -amount * corner(layout.rows), 0, 1, 0]),
    magnitude => between(0, 0.3, magnitude),
  ),
  shearY: move(
    (x, layout, amount) => warpNearest(x, layout, [1, 0, 0, amount, 1, -amount * corner(layout.columns)]),
    magnitude => between(0, 0.3, magnitude),
  ),
  translateX: move(
    (x, layout, amount) => warpNearest(x, layout, [1, 0, -Math.trunc(amount), 0, 1, 0]),
    (magnitude, { columns }) => between(0, LARGEST_MOVE * columns, magnitude),
  ),
  translateY: move(
    (x, layout, amount) => warpNearest(x, layout, [1, 0, 0, 0, 1, -Math.trunc(amount)]),
    (magnitude, { rows }) => between(0, LARGEST_MOVE * rows, magnitude),
  ),
  rotate: move(
    (x, layout, degrees) => {
      const angle = (degrees * Math.PI) / 180;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      return warpNearest(x, layout, [cos, -sin, 0, sin, cos, 0]);
    },
    magnitude => between(0, 30, magnitude),
  ),
  brightness: fade((x, _, factor) => adjustBrightness(x, factor)),
  color: fade(adjustSaturation),
  contrast: fade(adjustContrast),
  sharpness: fade(adjustSharpness),
  posterize: {
    strength: magnitude => 8 - Math.round((4 * magnitude) / MAX_MAGNITUDE),
    isSigned: false,
    apply: (x, _, bits) => posterize(x, bits),
  },
  solarize: {
    strength: magnitude => 255 * between(1, 0, magnitude),
    isSigned: false,
    apply: (x, _, threshold) => solarize(x, threshold),
  },
  autoContrast: fixed(autoContrast),
  equalize: fixed(equalize),
} satisfies Readonly<Record<string, RandAugmentOperation>>;

export type RandAugmentOperationName = keyof typeof RAND_AUGMENT_OPERATIONS;
