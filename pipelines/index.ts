export { type AugmentationGridOptions, augmentationGrid } from './augmentationGrid.js';
export { eventLog } from './eventLog.js';
export { type FilterPicturesOptions, filterPictures } from './filters/filterPictures.js';
export { type NetworkOptions, networkFor } from './filters/networkFor.js';
export type { Lazy } from './lazy.js';
export { type LrFinderOptions, lrFinder } from './lrFinder.js';
export { cifar10Cnn } from './recipes/cifar10Cnn.js';
export { cifar10Resnet } from './recipes/cifar10Resnet.js';
export { mnistMlp } from './recipes/mnistMlp.js';
export type { PreparedRecipe, Recipe, RecipeFlag, RecipeOptions, RecipeTalk } from './recipes/recipe.js';
export { recipeNamed, recipes } from './recipes/recipes.js';
export {
  type DataOptions,
  type SaveOptions,
  type TrainingData,
  type TrainOptions,
  train,
  type ValidationOptions,
} from './train.js';
export type { Controller } from './training/controllers.js';
