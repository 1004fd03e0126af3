import { InvalidArgumentError as InvalidOption, Option } from 'commander';
import { wholeNumber } from './numbers.js';

/** A port, or true where none is named. */
export type LiveFlag = number | true;

/** @param description what is to be seen */
export const liveOption = (description: string): Option =>
  new Option('--live [port]', `${description} (default port: 6007)`).argParser(portNumber);

/** For `liveView`. */
export const portOf = (live: LiveFlag): { readonly port?: number } => (live === true ? {} : { port: live });

/** An option's value as the number of a port; 0 is any free one. */
export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65535) throw new InvalidOption('Give the number of a port, from 0 to 65535.');
  return port;
}
