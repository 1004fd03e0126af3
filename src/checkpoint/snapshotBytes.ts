import { FileFormatError } from '../error/fileFormatError.js';
import {
  readSafetensors,
  type SafetensorsArray,
  type SafetensorsDtype,
  writeSafetensors,
} from '../file/safetensors.js';
import type { NamedArray } from '../learner/learner.js';
import { decodeJson, encodeJson, isCount, isRecord, type Json } from '../text/json.js';
import { parseObject, type SnapshotBytes } from './manifest.js';
import type { RunState, Snapshot } from './snapshot.js';

const SLOTS = 'slots/';
/** Followed by the place of the name in `run.json`'s `remembered`, since names may hold anything. */
const REMEMBERED = 'remembered/';

/** The contents of a snapshot's files. */
export function writeSnapshotBytes({ run, learner, remembered }: Snapshot): SnapshotBytes {
  const names = Object.keys(remembered);
  const json = { ...run, remembered: names } as unknown as Json;
  return {
    'weights.safetensors': writeSafetensors(learner.weights.map(array => stored('', array))),
    'optimizer.safetensors': writeSafetensors([
      ...learner.slots.map(array => stored(SLOTS, array)),
      ...names.flatMap((name, i) => remembered[name].map(array => stored(`${REMEMBERED}${i}/`, array))),
    ]),
    'run.json': new TextEncoder().encode(`${JSON.stringify(encodeJson(json), null, 2)}\n`),
  };
}

/** @throws FileFormatError where the bytes aren't those of a snapshot */
export function readSnapshotBytes(bytes: SnapshotBytes): Snapshot {
  const json = parseObject(new TextDecoder().decode(bytes['run.json']), 'run.json');
  const { remembered: names, ...run } = decodeJson(json as Json) as Record<string, unknown>;
  if (!isRunState(run) || !Array.isArray(names) || !names.every(name => typeof name === 'string')) {
    throw new FileFormatError('run.json lacks a field, or has one of another type');
  }
  const optimizer = arraysOf(bytes['optimizer.safetensors'], 'optimizer.safetensors');
  return {
    run,
    learner: { weights: arraysOf(bytes['weights.safetensors'], 'weights.safetensors'), slots: under(SLOTS, optimizer) },
    remembered: Object.fromEntries(names.map((name, i) => [name, under(`${REMEMBERED}${i}/`, optimizer)])),
  };
}

function stored(prefix: string, { name, shape, data }: NamedArray): readonly [string, SafetensorsArray] {
  const dtype: SafetensorsDtype = data instanceof Float32Array ? 'F32' : data instanceof Int32Array ? 'I32' : 'U8';
  return [prefix + name, { dtype, shape, data }];
}

function arraysOf(bytes: Uint8Array, file: string): readonly NamedArray[] {
  return [...readSafetensors(bytes, file).arrays].map(([name, { shape, data }]) => {
    if (data instanceof Float32Array || data instanceof Int32Array || data instanceof Uint8Array) {
      return { name, shape, data };
    }
    throw new FileFormatError(`${file} has array '${name}' of a type that no learner has`);
  });
}

const under = (prefix: string, arrays: readonly NamedArray[]): readonly NamedArray[] =>
  arrays
    .filter(({ name }) => name.startsWith(prefix))
    .map(array => ({ ...array, name: array.name.slice(prefix.length) }));

type Check = (value: unknown) => boolean;
const isText: Check = value => typeof value === 'string';
const isOptionalText: Check = value => value === undefined || isText(value);
const isListOf =
  (item: Check): Check =>
  value =>
    Array.isArray(value) && value.every(item);
const isNumber: Check = value => typeof value === 'number';
const has =
  (fields: Readonly<Record<string, Check>>): Check =>
  value =>
    isRecord(value) && Object.entries(fields).every(([name, check]) => check((value as Record<string, unknown>)[name]));

/** What each field of the run must be: the compiler sees to it that none is missing. */
const FIELDS: Readonly<Record<keyof RunState, Check>> = {
  seed: isCount,
  epochs: isCount,
  epoch: isCount,
  step: isCount,
  iterations: isCount,
  cursor: has({ epoch: isCount, position: isCount }),
  batches: isCount,
  events: isCount,
  stopped: value => value === null || isText(value),
  sums: isListOf(isNumber),
  rate: has({ overwritten: value => value === null || isNumber(value), scale: isNumber, atLeast: isNumber }),
  rateWriters: has({ setters: isListOf(isText), scalers: isListOf(isText) }),
  policies: isRecord,
  averages: value =>
    value === null || has({ checkpoints: flag => typeof flag === 'boolean', by: isOptionalText })(value),
  validationDue: value => value === undefined || typeof value === 'boolean',
  onException: isListOf(has({ type: type => type === 'saveCheckpoint', by: isText, file: isText })),
  logs: value => isRecord(value) && Object.values(value as object).every(isNumber),
  setup: isRecord,
};

const isRunState = has(FIELDS) as (value: unknown) => value is RunState;
