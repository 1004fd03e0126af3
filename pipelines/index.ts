export { type AugmentationGridOptions, augmentationGrid } from './augmentationGrid.js';
export { evaluate, evaluateStatistics } from './evaluate.js';
export { eventLog } from './eventLog.js';
export { type FilterPicturesOptions, filterPictures } from './filters/filterPictures.js';
export { type NetworkOptions, networkFor } from './filters/networkFor.js';
export type { Lazy } from './lazy.js';
export { type LrFinderOptions, lrFinder } from './lrFinder.js';
export type { InferenceOptions } from './onePass.js';
export { type Prediction, type PredictOptions, predict } from './predict.js';
export { cifar10CnnRecipe } from './recipes/cifar10CnnRecipe.js';
export { cifar10ResnetRecipe } from './recipes/cifar10ResnetRecipe.js';
export { mnistMlpRecipe } from './recipes/mnistMlpRecipe.js';
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
