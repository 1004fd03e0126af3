import { augmentImages } from '../../operators/augmentImages.js';
import { type BatchOperator, batch } from '../../operators/batch.js';
import { pipeBatches } from '../../operators/pipeBatches.js';
import { augmentation } from '../../src/augment/augmentation.js';
import type { RecipeFlag } from './recipe.js';

/** Options of {@link cifar10Batches}. */
export interface AugmentFlags {
  readonly augment?: boolean;
  readonly workers?: number;
}

/** The flags for {@link AugmentFlags}. */
export const augmentFlags: readonly RecipeFlag[] = [
  {
    flags: '--augment',
    description: 'shift training pictures by up to a tenth and mirror them, at random, anew in each epoch',
    default: false,
  },
  { flags: '--workers <n>', description: 'threads that help with that', default: 0 },
];

/** Training batches of the CIFAR-10 examples of Keras, with their augmentation if asked for. */
export function cifar10Batches(batchSize: number, { augment = false, workers = 0 }: AugmentFlags): BatchOperator {
  if (!augment) return batch(batchSize);
  const changes = augmentation({ widthShiftRange: 0.1, heightShiftRange: 0.1, horizontalFlip: true });
  return pipeBatches(batch(batchSize), augmentImages(changes, { workers }));
}
