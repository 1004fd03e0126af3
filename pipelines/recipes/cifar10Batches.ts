import { augmentImages } from '../../operators/augmentImages.js';
import { type BatchOperator, batch } from '../../operators/batch.js';
import { pipeBatches } from '../../operators/pipeBatches.js';
import { augmentation } from '../../src/augment/augmentation.js';
import type { RecipeFlag, RecipeTalk } from './recipe.js';

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
  { flags: '--workers <n>', description: 'threads that help with --augment', default: 0 },
];

/**
 * Training batches of the CIFAR-10 examples of Keras, with their augmentation if asked for. Shifts are by whole pixels, as in the
 * Keras that the examples were written for (2.0; `order=0` in its `apply_transform`): later ones interpolate, and a network that has
 * seen blurred pictures only tells sharp ones apart less well.
 */
export function cifar10Batches(
  batchSize: number,
  { augment = false, workers = 0 }: AugmentFlags,
  talk?: Pick<RecipeTalk, 'note'>,
): BatchOperator {
  if (!augment) {
    if (workers > 0)
      talk?.note('--workers: there is nothing to help with, since without --augment no picture is changed.');
    return batch(batchSize);
  }
  const shifts = { widthShiftRange: 0.1, heightShiftRange: 0.1, interpolationOrder: 0 } as const;
  const changes = augmentation({ ...shifts, horizontalFlip: true });
  return pipeBatches(batch(batchSize), augmentImages(changes, { workers }));
}
