import { UnknownNameError } from '../../src/error/unknownNameError.js';
import { cifar10Cnn } from './cifar10Cnn.js';
import { cifar10Resnet } from './cifar10Resnet.js';
import { mnistMlp } from './mnistMlp.js';
import type { Recipe } from './recipe.js';

/** Every recipe that `gradstream train` knows. */
export const recipes: readonly Recipe[] = [mnistMlp, cifar10Cnn, cifar10Resnet];

/** @throws UnknownNameError that suggests the nearest name. */
export function recipeNamed(name: string): Recipe {
  const recipe = recipes.find(candidate => candidate.name === name);
  if (recipe === undefined) {
    throw new UnknownNameError(
      'recipe',
      name,
      recipes.map(known => known.name),
    );
  }
  return recipe;
}
