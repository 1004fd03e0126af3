import { readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { atomicWrite } from '../file/atomicWrite.js';
import type { ModelContents } from './keras/modelContents.js';
import { writeTfjsModel } from './tfjsModel.js';

/**
 * Writes `model.json` and, beside it, the file of weights that it names. Where a model is replaced the new weights get a name of
 * their own, so that the old model is whole until the new JSON is; then the old weights go.
 */
export async function writeTfjsFiles(file: string, contents: ModelContents): Promise<void> {
  const name = basename(file, '.json');
  const names = [`${name}.weights.bin`, `${name}.weights-2.bin`];
  const inUse = await readFile(file, 'utf8').catch(() => '');
  const [binary, other] = inUse.includes(JSON.stringify(names[0])) ? [names[1], names[0]] : names;
  const { json, bytes } = await writeTfjsModel(contents, binary);
  await atomicWrite(join(dirname(file), binary), bytes);
  try {
    await atomicWrite(file, json);
  } catch (error) {
    await rm(join(dirname(file), binary), { force: true });
    throw error;
  }
  await rm(join(dirname(file), other), { force: true });
}
