// Training

// Pictures
export { augmentationGrid } from './augmentationGrid.js';
export type { Controller } from './controllers.js';
export { eventLog } from './eventLog.js';
// Filter pictures
export { type FilterPicturesOptions, filterPictures } from './filters/filterPictures.js';
export { networkFor } from './filters/networkFor.js';
export type { Lazy } from './lazy.js';
export { type LrFinderOptions, lrFinder } from './lrFinder.js';
// Recipes
export { cifar10Cnn } from './recipes/cifar10Cnn.js';
export { cifar10Resnet } from './recipes/cifar10Resnet.js';
export { mnistMlp } from './recipes/mnistMlp.js';
export type { PreparedRecipe, Recipe, RecipeFlag, RecipeOptions, RecipeTalk } from './recipes/recipe.js';
export { recipeNamed, recipes } from './recipes/recipes.js';
export { type DataOptions, type TrainingData, type TrainOptions, train, type ValidationOptions } from './train.js';
