import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { kerasClassName } from '../file/keras/savedLayers.js';

/**
 * A model's table of layers as Keras 3 prints it: name and class, output shape, number of parameters and, where the layers
 * aren't a mere sequence, what each is connected to; then the totals. Columns are as wide as what stands in them.
 */
export function summary(model: LayersModel): string {
  const sequential = kerasClassName(model) === 'Sequential';
  const header = ['Layer (type)', 'Output Shape', 'Param #', ...(sequential ? [] : ['Connected to'])];
  const rows = model.layers
    .filter(layer => !sequential || layer.getClassName() !== 'InputLayer')
    .map(layer => [
      `${layer.name} (${kerasClassName(layer)})`,
      outputShape(layer),
      parameterCount(layer.weights).toLocaleString('en-US'),
      ...(sequential ? [] : [connections(model, layer)]),
    ]);
  const total = parameterCount(model.weights);
  const trainable = parameterCount(model.trainableWeights);
  return [
    `Model: "${model.name}"`,
    table(header, rows),
    totalLine('Total params', total),
    totalLine('Trainable params', trainable),
    totalLine('Non-trainable params', total - trainable),
  ].join('\n');
}

const LEAST_WIDTHS = [24, 20, 12, 16];
/** The column of numbers is aligned to the right. */
const NUMBERS = 2;

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, i) =>
    Math.max(LEAST_WIDTHS[i], title.length, ...rows.map(cells => cells[i].length)),
  );
  const rule = (left: string, line: string, cross: string, right: string): string =>
    left + widths.map(width => line.repeat(width + 2)).join(cross) + right;
  const cells = (texts: readonly string[], bar: string): string =>
    bar +
    texts.map((text, i) => ` ${i === NUMBERS ? text.padStart(widths[i]) : text.padEnd(widths[i])} `).join(bar) +
    bar;
  return [
    rule('┏', '━', '┳', '┓'),
    cells(header, '┃'),
    rule('┡', '━', '╇', '┩'),
    rows.map(row => cells(row, '│')).join(`\n${rule('├', '─', '┼', '┤')}\n`),
    rule('└', '─', '┴', '┘'),
  ].join('\n');
}

const outputShape = (layer: layers.Layer): string => {
  const shape = layer.outputShape as (number | null)[] | (number | null)[][];
  const one = (dims: readonly (number | null)[]): string => `(${dims.map(dim => dim ?? 'None').join(', ')})`;
  return Array.isArray(shape[0]) ? (shape as (number | null)[][]).map(one).join(', ') : one(shape as number[]);
};

/** `conv2d[0][0]`: output of that layer's node and tensor number, within this model. */
function connections(model: LayersModel, layer: layers.Layer): string {
  const inputs = layer.inboundNodes.flatMap(node => node.inputTensors as SymbolicTensor[]);
  const inside = inputs.filter(({ sourceLayer }) => sourceLayer !== layer && model.layers.includes(sourceLayer));
  return inside.length === 0
    ? '-'
    : inside
        .map(({ sourceLayer, nodeIndex, tensorIndex }) => `${sourceLayer.name}[${nodeIndex}][${tensorIndex}]`)
        .join(', ');
}

type Weight = layers.Layer['weights'][number];

/** A weight that several layers share counts once. */
const parameterCount = (weights: readonly Weight[]): number =>
  [...new Set(weights)].reduce((sum, { shape }) => sum + (shape as number[]).reduce((size, dim) => size * dim, 1), 0);

const totalLine = (title: string, count: number): string =>
  ` ${title}: ${count.toLocaleString('en-US')} (${memory(4 * count)})`;

/** As Keras writes sizes; weights are float32. */
function memory(bytes: number): string {
  const power = bytes === 0 ? 0 : Math.min(5, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(2)} ${['B', 'KB', 'MB', 'GB', 'TB', 'PB'][power]}`;
}
