import { Command } from 'commander';
import { isList } from '../../src/array/isList.js';
import { plotModel } from '../../src/model/plotModel.js';
import { type FileInspection, inspectFile } from '../../src/saving/inspectFile.js';
import { isKerasObject } from '../../src/saving/keras/kerasConfig.js';
import type { MetricConfigs } from '../../src/saving/keras/trainingConfig.js';
import { loadModel } from '../../src/saving/loadModel.js';
import { painter, showsColors } from './colors.js';
import { useQuietCpu } from './useQuietCpu.js';

/** `gradstream inspect FILE`: what is in a model file, without loading its weights. */
export function inspectCommand(): Command {
  return new Command('inspect')
    .argument('<file>', '.h5, .keras, .weights.h5, .json (tfjs) or .safetensors')
    .option('--json', 'one JSON object instead of the table')
    .option('--plot <out>', 'draw the model as well, as .svg or .png')
    .action(async (file: string, { json, plot }: { json?: boolean; plot?: string }) => {
      if (plot !== undefined) await plotFile(file, plot);
      const inspection = await inspectFile(file);
      const hasColors = showsColors();
      process.stdout.write(json ? `${JSON.stringify(inspection)}\n` : renderInspection(inspection, { hasColors }));
    });
}

/** Draws the model of a file. Its weights are loaded, as nothing else bounds what a damaged file makes us allocate. */
export async function plotFile(file: string, picture: string): Promise<void> {
  await useQuietCpu();
  const { model } = await loadModel(file);
  try {
    await plotModel(model, picture);
  } finally {
    model.dispose();
  }
}

const HEADINGS = ['Layer', 'Class', 'Weights', 'Parameters'] as const;

/** A headline, a table of layers, and what the model was trained with. */
export function renderInspection(inspection: FileInspection, { hasColors }: { readonly hasColors: boolean }): string {
  const { file, bytes, format, writer, model, layers, parameters, training, optimizerState } = inspection;
  const paint = painter(hasColors);
  const bold = (text: string) => paint(text, 1);
  const dim = (text: string) => paint(text, 2);

  const rows = layers.map(layer => [
    layer.name,
    layer.class ?? '',
    layer.weights.map(({ name, shape }) => `${shortName(name)} ${shape.join('×') || 'scalar'}`.trim()).join(', '),
    `${number(layer.parameters)}${layer.trainable || layer.parameters === 0 ? '' : ' frozen'}`,
  ]);
  const widths = HEADINGS.map((heading, i) => Math.max(heading.length, ...rows.map(row => row[i].length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i === HEADINGS.length - 1 ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd();

  const what = model === null ? 'weights alone' : `${model.class} '${model.name}'`;
  const facts = [
    ['optimizer', training?.optimizer ? describeOptimizer(training.optimizer) : null],
    ['state', optimizerState && `${optimizerState.arrays} arrays, ${number(optimizerState.parameters)} numbers`],
    ['loss', training?.loss == null ? null : plain(training.loss)],
    ['loss weights', training?.lossWeights === undefined ? null : plain(training.lossWeights)],
    ['metrics', describeMetrics(training?.metrics)],
    ['weighted metrics', describeMetrics(training?.weightedMetrics)],
  ] as const;
  const shown = facts.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  const factWidth = Math.max(9, ...shown.map(([name]) => name.length));
  return [
    `${bold(file)}  ${dim([size(bytes), format, writer].filter(Boolean).join(', '))}`,
    `${what}: ${layers.length} layers, ${number(parameters)} parameters`,
    '',
    bold(line(HEADINGS)),
    ...rows.map(line),
    '',
    ...shown.map(([name, value]) => `${dim(name.padEnd(factWidth))}  ${value}`),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

/** `sequential_1/dense_1/kernel:0` → `kernel`; weights that have only a number have no name. */
function shortName(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1).replace(/:\d+$/, '');
  return /^\d+$/.test(last) ? '' : last;
}

function describeOptimizer({
  className,
  parameters,
}: NonNullable<NonNullable<FileInspection['training']>['optimizer']>): string {
  const shown = Object.entries(parameters).filter(([, value]) => value !== false);
  return `${className}  ${shown.map(([name, value]) => `${name} ${plain(value)}`).join(', ')}`;
}

function describeMetrics(metrics: MetricConfigs | null = null): string | null {
  if (metrics === null) return null;
  const names = (list: readonly unknown[]): string => list.map(plain).join(', ');
  if (isList(metrics)) return names(metrics);
  const ofOutputs = Object.entries(metrics).filter(([, list]) => list.length > 0);
  return ofOutputs.map(([output, list]) => `${output}: ${names(list)}`).join('; ');
}

/** Keras keeps rates as float32: 0.0010000000474974513 is 0.001. */
function plain(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(7)));
  if (isKerasObject(value)) return value.class_name;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const number = (value: number): string => value.toLocaleString('en-US');

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
