import { UnknownNameError } from '../../src/error/unknownNameError.js';
import { cifar10CnnRecipe } from './cifar10CnnRecipe.js';
import { cifar10ResnetRecipe } from './cifar10ResnetRecipe.js';
import { mnistMlpRecipe } from './mnistMlpRecipe.js';
import type { Recipe } from './recipe.js';

/** Every recipe that `gradstream train` knows. */
export const recipes: readonly Recipe[] = [mnistMlpRecipe, cifar10CnnRecipe, cifar10ResnetRecipe];

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
