import { type HostArray, type HostData, sizeOf } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Batch, RowBatch, ValueBatch } from './batch.js';
import { exampleOf } from './exampleOf.js';
import type { Sample } from './sample.js';
import { scaledRows } from './scaledRows.js';
import type { ArraySource, Example, Scaling, Source } from './source.js';

/**
 * Makes one batch of samples that have a source, a seed and an epoch in common: row numbers where all of them are plain
 * references into resident arrays, else the values, gathered and scaled.
 *
 * @throws InvalidArgumentError where an example doesn't fit the source's `inputShape`, or the others of its batch.
 */
export function toBatch(samples: readonly Sample[]): Batch {
  const { source } = samples[0];
  return source.kind === 'arrays' && samples.every(isReference)
    ? rowBatch(source, samples)
    : valueBatch(source, samples);
}

const isReference = ({ example }: Sample): boolean => example === undefined;

function rowBatch(source: ArraySource, samples: readonly Sample[]): RowBatch {
  return { kind: 'rows', source, rows: rowsOf(samples), ...batchInfo(samples) };
}

function rowsOf(samples: readonly Sample[]): Int32Array {
  const rows = new Int32Array(samples.length);
  for (let i = 0; i < rows.length; i++) rows[i] = samples[i].row;
  return rows;
}

/** Inputs are made when they are asked for: what changes pictures wants them stored, and a step in pieces. */
function valueBatch(source: Source, samples: readonly Sample[]): ValueBatch {
  const examples = samples.map(exampleOf);
  const { scaling, inputShape } = source;
  const values = examples.map(({ x }) => x);
  const size = sizeOf(inputShape);
  checkLengths(source, 'inputs', `'inputShape' is [${inputShape}]`, values, size);
  const inputs = once(() => (scaling ? scaledRows(values, size, scaling) : concatenate(values, size)));
  const sampleWeight = gatherWeights(examples);
  const x: HostArray = {
    get data() {
      return inputs();
    },
    shape: [examples.length, ...inputShape],
  };
  return {
    kind: 'values',
    x,
    y: areTheirTargets(source, examples) ? x : gatherTargets(source, examples),
    ...(sampleWeight && { sampleWeight }),
    stored: { rows: rowsOf(samples), values, inputShape, ...(scaling && { scaling }) },
    ...batchInfo(samples),
  };
}

/** Whether the inputs are the targets, too: they are then made once, and who augments them augments both. */
function areTheirTargets(source: Source, examples: readonly Example[]): boolean {
  const { inputShape, scaling } = source;
  const shape = targetShapeOf(source) ?? [sizeOf(inputShape)];
  const areStoredAlike = targetScalingOf(source) === scaling && String(shape) === String(inputShape);
  return areStoredAlike && examples.every(({ x, y }) => x === y);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function batchInfo(samples: readonly Sample[]) {
  const { epoch, seed } = samples[0];
  const last = samples[samples.length - 1];
  return { epoch, seed, size: samples.length, cursor: { epoch: last.epoch, position: last.position + 1 } };
}

/** Numbers become float32, which holds class numbers up to 2²⁴ exactly, so that all batches have one type. */
function gatherTargets(source: Source, examples: readonly Example[]): HostArray {
  const first = examples[0].y;
  if (typeof first === 'number') {
    return { data: Float32Array.from(examples, ({ y }) => numberTarget(source, y)), shape: [examples.length] };
  }
  const values = examples.map(({ y }) => arrayTarget(source, y));
  const told = targetShapeOf(source);
  const size = told === undefined ? first.length : sizeOf(told);
  const expected = told === undefined ? `the first of its batch has ${size}` : `their shape is [${told}]`;
  checkLengths(source, 'targets', expected, values, size);
  const scaling = targetScalingOf(source);
  const data = scaling ? scaledRows(values, size, scaling) : concatenate(values, size);
  return { data, shape: [examples.length, ...(told ?? [size])] };
}

const targetScalingOf = (source: Source): Scaling | undefined =>
  source.kind === 'indexed' ? source.targetScaling : undefined;

function targetShapeOf(source: Source): readonly number[] | undefined {
  if (source.kind === 'arrays') return source.y.shape.slice(1);
  return source.kind === 'indexed' ? source.targetShape : undefined;
}

function gatherWeights(examples: readonly Example[]): Float32Array | undefined {
  if (examples.every(({ weight }) => weight === undefined)) return undefined;
  return Float32Array.from(examples, ({ weight }) => weight ?? 1);
}

function numberTarget(source: Source, y: Example['y']): number {
  if (typeof y === 'number') return y;
  throw mixedTargets(source);
}

function arrayTarget(source: Source, y: Example['y']): HostData {
  if (typeof y !== 'number') return y;
  throw mixedTargets(source);
}

const mixedTargets = (source: Source): InvalidArgumentError =>
  new InvalidArgumentError(
    `A batch of '${source.name}' has examples with a number as y and others with an array. Give the same kind in all examples.`,
  );

function checkLengths(source: Source, what: string, expected: string, values: readonly HostData[], size: number): void {
  const wrong = values.find(({ length }) => length !== size);
  if (wrong === undefined) return;
  throw new InvalidArgumentError(
    `An example of '${source.name}' has ${wrong.length} ${what}, but ${expected}. Make all examples of one size.`,
  );
}

/** Keeps the type where all have the same, so that whole numbers stay whole; else float32. */
function concatenate(values: readonly HostData[], size: number): HostData {
  const type = values[0].constructor as new (length: number) => HostData;
  const same = values.every(value => value.constructor === type);
  const data = same ? new type(values.length * size) : new Float32Array(values.length * size);
  values.forEach((value, i) => {
    data.set(value, i * size);
  });
  return data;
}
