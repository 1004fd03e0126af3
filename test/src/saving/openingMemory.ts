import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Bytes at the highest point, over those that the process had before it opened a model file. */
export interface OpeningMemory {
  readonly opening: number;
  /** With the first prediction after it. */
  readonly predicting: number;
}

/** Opens a model file on native TensorFlow and predicts once, in a process of its own that runs the built package on Linux. */
export async function openingMemory(file: string): Promise<OpeningMemory> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script, file]);
  return JSON.parse(stdout);
}

const script = `
  import { readFileSync, writeFileSync } from 'node:fs';
  import * as tf from '@tensorflow/tfjs-core';
  import { loadModel, useNative } from 'gradstream';
  await useNative({ install: false });
  const status = readFileSync.bind(null, '/proc/self/status', 'utf8');
  const bytes = key => 1024 * Number(status().split(key + ':')[1].split('kB')[0]);
  writeFileSync('/proc/self/clear_refs', '5'); // the highest figure counts from here
  const before = bytes('VmRSS');
  const { model } = await loadModel(process.argv[1]);
  const opening = bytes('VmHWM') - before;
  await model.predict(tf.zeros([1, ...model.inputs[0].shape.slice(1)])).data();
  console.log(JSON.stringify({ opening, predicting: bytes('VmHWM') - before }));
`;
