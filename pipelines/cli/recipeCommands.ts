import { Command } from 'commander';
import type { Recipe } from '../recipes/recipe.js';
import { recipeNamed, recipes } from '../recipes/recipes.js';
import { count, oneOf, wholeNumber } from './numbers.js';

/** A command that does something with a recipe: each recipe is a subcommand of it, made by `make`, with options of its own. */
export function recipeCommands(name: string, make: (recipe: Recipe) => Command): Command {
  const command = new Command(name)
    .usage('<recipe> [options]')
    .argument('[recipe]')
    .addHelpText('after', `\n'gradstream ${name} <recipe> --help' lists a recipe's options.`)
    .action((given: string | undefined) => {
      if (given === undefined) return command.help({ error: true });
      return void recipeNamed(given);
    });
  for (const recipe of recipes) command.addCommand(make(recipe));
  return command;
}

/** Adds the options that a recipe alone has. */
export function addOwnFlags(command: Command, { flags: own = [] }: Recipe): Command {
  for (const { flags, description, default: standard, choices } of own) {
    // What is 0 by default may be said to be 0.
    const parse = choices !== undefined ? oneOf(choices) : standard === 0 ? wholeNumber : count;
    if (typeof standard === 'number') command.option(flags, description, parse, standard);
    else command.option(flags, description);
  }
  return command;
}

/** What the command line says, without defaults: those are the recipe's, or what a resumed run had. */
export const givenOptions = (command: Command): Record<string, unknown> =>
  Object.fromEntries(Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli'));
