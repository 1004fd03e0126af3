import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Scaling } from './source.js';

/**
 * The scaling that an option `rescale` asks for; 0 asks for none, as in Keras.
 *
 * @throws InvalidArgumentError where it is no finite number
 */
export function rescaling(rescale = 0): Scaling | undefined {
  if (Number.isFinite(rescale)) return rescale === 0 ? undefined : { scale: rescale };
  throw new InvalidArgumentError(
    `rescale is ${JSON.stringify(rescale)}: give a factor, such as 1/255, or leave it out.`,
  );
}
