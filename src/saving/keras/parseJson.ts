import { FileFormatError } from '../../error/fileFormatError.js';

/** @param what names the text in the message */
export function parseJson(text: string, origin: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FileFormatError(`${origin}: ${what} is not valid JSON (${(error as Error).message}).`, { cause: error });
  }
}
