import { type HostArray, type HostData, sizeOf } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { ownValue } from '../text/ownValue.js';
import { type Auxiliary, mapAuxiliary } from './auxiliary.js';
import type { ValueBatch } from './batch.js';
import { scaledRows } from './scaledRows.js';
import type { AuxiliaryShapes, Example, Scaling, Source } from './source.js';
import { checkLengths, concatenate, stackTargets, stackValues } from './stackValues.js';

/** What a batch of values consists of. */
type Stacked = Pick<ValueBatch, 'x' | 'y' | 'sampleWeight' | 'aux' | 'stored'>;

/**
 * Examples of one source as arrays, scaled. Inputs are made when they are asked for: what changes pictures wants them stored, and a
 * step in pieces.
 *
 * @param rows of the examples in the source
 * @throws InvalidArgumentError where an example doesn't fit the source's `inputShape`, or the others.
 */
export function stackExamples(source: Source, examples: readonly Example[], rows: Int32Array): Stacked {
  const { scaling, inputShape } = source;
  const values = examples.map(({ x }) => x);
  const size = sizeOf(inputShape);
  checkLengths(values, { source: source.name, what: 'inputs', shape: inputShape, shapeName: "'inputShape'" });
  const inputs = once(() => (scaling ? scaledRows(values, size, scaling) : concatenate(values, size)));
  const sampleWeight = stackWeights(examples);
  const x: HostArray = {
    get data() {
      return inputs();
    },
    shape: [examples.length, ...inputShape],
  };
  return {
    x,
    y: areTheirTargets(source, examples) ? x : targetsOf(source, examples),
    ...(sampleWeight && { sampleWeight }),
    ...stackAuxiliary(source, examples),
    stored: { rows, values, inputShape, ...(scaling && { scaling }) },
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

const targetsOf = (source: Source, examples: readonly Example[]): HostArray =>
  stackTargets(
    examples.map(({ y }) => y),
    { source: source.name, what: 'targets', shape: targetShapeOf(source), scaling: targetScalingOf(source) },
  );

const targetScalingOf = (source: Source): Scaling | undefined =>
  source.kind === 'indexed' ? source.targetScaling : undefined;

function targetShapeOf(source: Source): readonly number[] | undefined {
  if (source.kind === 'arrays') return source.y.shape.slice(1);
  return source.kind === 'indexed' ? source.targetShape : undefined;
}

function stackWeights(examples: readonly Example[]): Float32Array | undefined {
  if (examples.every(({ weight }) => weight === undefined)) return undefined;
  return Float32Array.from(examples, ({ weight }) => weight ?? 1);
}

/** Of what the first example has. */
function stackAuxiliary(source: Source, examples: readonly Example[]): { readonly aux?: Auxiliary<HostArray> } {
  const shapes = auxShapesOf(source);
  const optionsOf = (name: string, kind: keyof AuxiliaryShapes) => ({
    source: source.name,
    what: `values for '${name}'`,
    shape: ownValue(shapes?.[kind], name),
  });
  const each = <T>(name: string, of: (example: Example) => T | undefined): T[] =>
    examples.map(example => of(example) ?? missing(source, name));
  return mapAuxiliary(
    examples[0].aux,
    (_, name) =>
      stackValues(
        each<HostData>(name, ({ aux }) => ownValue(aux?.inputs, name)),
        optionsOf(name, 'inputs'),
      ),
    (_, name) =>
      stackTargets(
        each<number | HostData>(name, ({ aux }) => ownValue(aux?.targets, name)),
        optionsOf(name, 'targets'),
      ),
  );
}

function auxShapesOf(source: Source): AuxiliaryShapes | undefined {
  if (source.kind !== 'arrays') return source.auxShapes;
  const shapeOf = ({ shape }: HostArray): readonly number[] => shape.slice(1);
  return mapAuxiliary(source.aux, shapeOf, shapeOf).aux;
}

function missing(source: Source, name: string): never {
  throw new InvalidArgumentError(
    `A batch of '${source.name}' has examples with values for '${name}' and others without. Give the same in all examples.`,
  );
}
