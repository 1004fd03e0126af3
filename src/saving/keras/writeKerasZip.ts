import { rm } from 'node:fs/promises';
import { ZipWriter } from '../../file/zipWriter.js';
import { kerasJson } from './kerasJson.js';
import { KERAS_VERSION, type ModelContents } from './modelContents.js';
import { CONFIG, METADATA, WEIGHTS } from './readKerasZip.js';
import { toKerasConfig } from './toKerasConfig.js';
import { writeTrainingConfig } from './trainingConfig.js';
import { writeWeightsH5 } from './writeWeightsH5.js';

/** Writes a `.keras` file. The weights are written beside it first: HDF5 can't be written inside a zip. */
export async function writeKerasZip(path: string, contents: ModelContents): Promise<void> {
  const weights = `${path}.weights`;
  try {
    const config = toKerasConfig(contents.model);
    const { training } = contents;
    await writeWeightsH5(weights, contents);
    const zip = new ZipWriter(path);
    await zip.text(METADATA, JSON.stringify({ keras_version: KERAS_VERSION, date_saved: savedAt(new Date()) }));
    await zip.text(
      CONFIG,
      kerasJson({ ...config, compile_config: training === null ? {} : writeTrainingConfig(training, 'keras') }),
    );
    await zip.file(WEIGHTS, weights);
    await zip.close();
  } finally {
    await rm(weights, { force: true });
  }
}

/** `2026-01-31@23:59:59`, as Keras writes it. */
const savedAt = (date: Date): string => date.toISOString().slice(0, 19).replace('T', '@');
