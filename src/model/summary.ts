import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { sizeOf } from '../array/hostArray.js';
import { isModel } from '../layer/innerLayers.js';
import { callsOf, type LayerCall } from '../layer/layerCalls.js';
import { kerasClassName } from '../saving/keras/savedLayers.js';
import { callsByDepth } from './callsByDepth.js';

/**
 * A model's table of layers as Keras 3 prints it into a file, 76 characters wide: name and class, output shape, number of
 * parameters and, where the layers aren't a mere sequence, what each is connected to; then the totals.
 *
 * Source: `print_summary` in keras/src/utils/summary_utils.py, and how rich lays its table out.
 */
export function summary(model: LayersModel): string {
  const calls = graphOf(model);
  const chain = calls === null || isChain(calls);
  const columns = chain ? CHAIN : GRAPH;
  const rows = model.layers
    .filter(layer => calls !== null || layer.getClassName() !== 'InputLayer')
    .map(layer => [
      `${layer.name} (${kerasClassName(layer)})`,
      outputShape(layer),
      parameterCount(layer.weights).toLocaleString('en-US'),
      ...(chain ? [] : [connections(calls, layer)]),
    ]);
  const total = parameterCount(model.weights);
  const trainable = parameterCount(model.trainableWeights);
  return [
    `Model: "${model.name}"`,
    table(columns, rows),
    totalLine('Total params', total),
    totalLine('Trainable params', trainable),
    totalLine('Non-trainable params', total - trainable),
  ].join('\n');
}

interface Column {
  readonly title: string;
  readonly width: number;
  readonly alignRight?: boolean;
}

const CHAIN: readonly Column[] = [
  { title: 'Layer (type)', width: 31 },
  { title: 'Output Shape', width: 22 },
  { title: 'Param #', width: 13, alignRight: true },
];

const GRAPH: readonly Column[] = [
  { title: 'Layer (type)', width: 19 },
  { title: 'Output Shape', width: 17 },
  { title: 'Param #', width: 10, alignRight: true },
  { title: 'Connected to', width: 17 },
];

/** The calls that make up a functional model, by their distance to the outputs; null for a Sequential. */
function graphOf(model: LayersModel): readonly (readonly LayerCall[])[] | null {
  return kerasClassName(model) === 'Sequential' ? null : callsByDepth(model);
}

/** Whether each layer is called once, with what the one before it gives. */
function isChain(calls: readonly (readonly LayerCall[])[]): boolean {
  if (calls.some(together => together.length > 1 || together[0].inputTensors.length > 1)) return false;
  return new Set(calls.map(([{ outboundLayer }]) => outboundLayer)).size === calls.length;
}

function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const rule = (left: string, line: string, cross: string, right: string): string =>
    left + columns.map(({ width }) => line.repeat(width + 2)).join(cross) + right;
  const row = (texts: readonly string[], bar: string): string => {
    const cells = texts.map((text, i) => wrap(text, columns[i].width));
    const height = Math.max(...cells.map(lines => lines.length));
    return Array.from({ length: height }, (_, line) => {
      const padded = columns.map(({ width, alignRight }, i) => {
        const text = cells[i][line] ?? '';
        return ` ${alignRight ? text.padStart(width) : text.padEnd(width)} `;
      });
      return bar + padded.join(bar) + bar;
    }).join('\n');
  };
  return [
    rule('┏', '━', '┳', '┓'),
    row(
      columns.map(({ title }) => title),
      '┃',
    ),
    rule('┡', '━', '╇', '┩'),
    rows.map(cells => row(cells, '│')).join(`\n${rule('├', '─', '┼', '┤')}\n`),
    rule('└', '─', '┴', '┘'),
  ].join('\n');
}

/** Lines of whole words; a word that is wider than the column ends in an ellipsis. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map(line => (line.length > width ? `${line.slice(0, width - 1)}…` : line));
}

/** Of the layer's last call, as in Keras. */
const outputShape = ({ inboundNodes }: layers.Layer): string => {
  const { outputShapes } = inboundNodes[inboundNodes.length - 1];
  const shapes = outputShapes.map(dims => `(${(dims as (number | null)[]).map(dim => dim ?? 'None').join(', ')})`);
  return shapes.length === 1 ? shapes[0] : `[${shapes.join(', ')}]`;
};

/** `conv2d[0][0]`: output of that layer's call and tensor number. */
function connections(calls: readonly (readonly LayerCall[])[], layer: layers.Layer): string {
  const own = new Set(calls.flat());
  const inputs = callsOf(layer)
    .filter(call => own.has(call))
    .flatMap(call => call.inputTensors)
    // An input layer's only call takes what it gives.
    .filter(({ sourceLayer }) => sourceLayer !== layer || layer.getClassName() !== 'InputLayer');
  if (inputs.length === 0) return '-';
  return inputs
    .map(({ sourceLayer, nodeIndex, tensorIndex }) => {
      // tfjs counts a model's own graph as its call 0.
      const call = isModel(sourceLayer) ? nodeIndex - 1 : nodeIndex;
      return `${sourceLayer.name}[${call}][${tensorIndex}]`;
    })
    .join(', ');
}

type Weight = layers.Layer['weights'][number];

/** A weight that several layers share counts once. */
const parameterCount = (weights: readonly Weight[]): number =>
  [...new Set(weights)].reduce((sum, { shape }) => sum + sizeOf(shape as number[]), 0);

const totalLine = (title: string, count: number): string =>
  ` ${title}: ${count.toLocaleString('en-US')} (${memory(4 * count)})`;

/** As Keras writes sizes; weights are float32. */
function memory(bytes: number): string {
  const power = bytes === 0 ? 0 : Math.min(5, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(2)} ${['B', 'KB', 'MB', 'GB', 'TB', 'PB'][power]}`;
}
