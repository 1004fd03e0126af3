import { InvalidArgumentError as InvalidOption } from 'commander';

/** An option's value as a folder's name. An empty one is a variable of the shell that isn't set, as in `--data "$DIR"`. */
export function folderName(text: string): string {
  if (text.trim() === '') throw new InvalidOption("Give a folder's name, or leave the option away.");
  return text;
}
