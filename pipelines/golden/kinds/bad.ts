import { join } from 'node:path';
import { loadArchitecture } from '../../../src/saving/loadArchitecture.js';
import { loadModel, loadWeights } from '../../../src/saving/loadModel.js';
import { compareEqual, failure } from '../comparison.js';
import type { Runner } from '../runner.js';

interface Given {
  readonly file: string;
  readonly load: 'model' | 'weights';
  readonly architecture: string | null;
}

interface Expect {
  readonly error: { readonly must_mention: readonly string[] };
}

const MAX_MILLISECONDS = 30_000;

/** Kind `bad`: a file that must be refused, with an error that says what is wrong. */
export const bad: Runner = async ({ directory, given, expect }) => {
  const { file, load, architecture } = given as Given;
  const path = join(directory, file);
  const started = performance.now();
  let message: string;
  try {
    if (load === 'model') (await loadModel(path)).model.dispose();
    else await loadWeights(await loadArchitecture(join(directory, architecture ?? '')), path);
    return [failure('', 'the file was loaded, but should have been refused')];
  } catch (error) {
    message = (error as Error).message;
  }
  const missing = (expect as Expect).error.must_mention.filter(
    word => !message.toLowerCase().includes(word.toLowerCase()),
  );
  return [
    compareEqual(`words that the error doesn't mention (${message})`, missing, []),
    compareEqual('refused in time', performance.now() - started < MAX_MILLISECONDS, true),
  ];
};
