import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** Beside a checkout, as CI has it. */
const beside = resolve(import.meta.dirname, '../../../shared/data');

/** The environment of programs that train: with a folder of data sets where there is one, else they find their own. */
export function withData(): NodeJS.ProcessEnv {
  const { GRADSTREAM_DATA: given, ...env } = process.env;
  const data = given === undefined ? beside : resolve(given);
  return given !== undefined || existsSync(data) ? { ...env, GRADSTREAM_DATA: data } : env;
}

/** What an epoch or two bring at least: fewer examples are embedded than a data set has. */
export const leastAccuracy = (): number => (withData().GRADSTREAM_DATA === undefined ? 0.8 : 0.9);
