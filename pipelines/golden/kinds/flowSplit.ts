import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { from, lastValueFrom, toArray } from 'rxjs';
import { batch } from '../../../operators/batch.js';
import { epochSamples } from '../../../operators/epochSamples.js';
import type { ClassMode } from '../../../src/data/classMode.js';
import { fromArrays } from '../../../src/data/fromArrays.js';
import { type ImageFolderOptions, imageFolder } from '../../../src/data/imageFolder.js';
import { splitFirst } from '../../../src/data/splitFirst.js';
import type { SafetensorsArray } from '../../../src/file/safetensors.js';
import { type Comparison, compareArray, compareEqual } from '../comparison.js';
import type { GoldenCase } from '../goldenCase.js';
import type { Runner } from '../runner.js';

const PARTS = ['training', 'validation'] as const;

interface ArraysGiven {
  readonly source: 'arrays';
  readonly rows: number;
  readonly labels: readonly number[] | null;
  readonly validation_split: number;
  readonly batch_size: number;
  readonly ignore_class_split: boolean;
}

type ArraysExpect = Readonly<
  Record<(typeof PARTS)[number], { rows?: number[]; batch_sizes?: number[]; error?: string }>
>;

/** Kind `flow_split`: who is in training, who in validation. */
export const flowSplit: Runner = golden =>
  (golden.given as ArraysGiven | FolderGiven).source === 'arrays' ? splitArrays(golden) : splitFolder(golden);

async function splitArrays({ given, expect }: GoldenCase): Promise<Comparison[]> {
  const { rows, labels, validation_split, batch_size, ignore_class_split } = given as ArraysGiven;
  const source = fromArrays({
    x: { data: Int32Array.from({ length: rows }, (_, row) => row), shape: [rows, 1] },
    y: labels ?? { data: new Float32Array(rows), shape: [rows, 1] },
  });
  return Promise.all(
    PARTS.map(async part => {
      const wanted = (expect as ArraysExpect)[part];
      if (wanted.error !== undefined) {
        return compareEqual(`${part}: refused`, isRefused(), true);
      }
      const own = splitFirst(source, validation_split, { ignoreClassSplit: ignore_class_split })[part];
      const samples = epochSamples(own, { seed: 0, epoch: 0, shuffle: false });
      const batches = await lastValueFrom(from(samples).pipe(batch(batch_size), toArray()));
      return compareEqual(part, { rows: Array.from(own.x.data), batch_sizes: batches.map(({ size }) => size) }, wanted);
    }),
  );

  function isRefused(): boolean {
    try {
      splitFirst(source, validation_split, { ignoreClassSplit: ignore_class_split });
      return false;
    } catch {
      return true;
    }
  }
}

interface FolderGiven {
  readonly source: 'folder';
  readonly files: readonly string[];
  readonly picture: string;
  readonly target_size: readonly [number, number];
  readonly classes: readonly string[] | null;
  readonly class_mode: Exclude<ClassMode, 'none'> | null;
  readonly validation_split: number;
}

interface FolderPart {
  readonly files: readonly string[];
  readonly class_numbers: readonly number[];
  readonly labels: SafetensorsArray | 'input' | null;
}

interface FolderExpect extends Readonly<Record<'all' | (typeof PARTS)[number], FolderPart>> {
  readonly class_indices: Readonly<Record<string, number>>;
}

async function splitFolder(golden: GoldenCase): Promise<Comparison[]> {
  const { files, picture } = golden.given as FolderGiven;
  const folder = await mkdtemp(join(tmpdir(), 'gradstream-flow-split-'));
  try {
    for (const file of files) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await cp(join(golden.directory, picture), join(folder, file));
    }
    return await compareFolder(folder, golden);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compareFolder(folder: string, { given, expect, tolerance }: GoldenCase): Promise<Comparison[]> {
  const { target_size, classes, class_mode, validation_split } = given as FolderGiven;
  const { class_indices, ...parts } = expect as FolderExpect;
  const options: ImageFolderOptions = {
    targetSize: target_size,
    classMode: class_mode ?? 'none',
    compat: 'keras-3.15',
    ...(classes && { classes }),
  };
  const comparisons: Comparison[] = [];
  for (const [part, wanted] of Object.entries(parts)) {
    const split = part === 'all' ? {} : { validationSplit: validation_split, subset: part as (typeof PARTS)[number] };
    const source = await imageFolder(folder, { ...options, ...split });
    const examples = await Promise.all(source.files.map((_, row) => source.read(row)));
    comparisons.push(
      compareEqual(
        `${part} files`,
        source.files.map(({ path }) => path),
        wanted.files,
      ),
      compareEqual(
        `${part} class numbers`,
        source.files.map(({ classNumber }) => classNumber),
        wanted.class_numbers,
      ),
      compareEqual('class indices', Object.fromEntries(source.classNames.map((name, i) => [name, i])), class_indices),
    );
    if (wanted.labels === 'input') {
      comparisons.push(
        compareEqual(
          `${part} labels`,
          examples.every(({ x, y }) => x === y),
          true,
        ),
      );
    } else if (wanted.labels !== null) {
      const labels = examples.map(({ y }) => y);
      const data = labels.flatMap(label => (typeof label === 'number' ? label : Array.from(label)));
      comparisons.push(compareArray(`${part} labels`, { data, shape: wanted.labels.shape }, wanted.labels, tolerance));
    }
  }
  return comparisons;
}
