import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { LayerCall } from '../layer/layerCalls.js';
import { kerasClassName } from '../saving/keras/savedLayers.js';
import { callsByDepth } from './callsByDepth.js';
import { type GraphLayout, graphLayout, type Route } from './graphLayout.js';

/** A picture as text, and its size in pixels. */
export interface Svg {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/**
 * Draws the graph of a model: a box for each layer with its class, name, output shape and number of parameters, and an arrow
 * for each connection, from the inputs at the top to the outputs at the bottom. Models within are one box.
 *
 * @throws InvalidArgumentError where the model has no layers or isn't built
 */
export function modelSvg(model: LayersModel): Svg {
  const calls = callsByDepth(model).flat();
  if (calls.length === 0) {
    throw new InvalidArgumentError(
      `The model '${model.name}' can't be drawn: it isn't built. Give its first layer an inputShape.`,
    );
  }
  const boxes = model.layers.map(layer => describe(layer, calls));
  const layout = graphLayout(model.layers.map(layer => parents(layer, calls, model.layers)));
  const place = measure(boxes, layout);
  const { width, height } = place;
  const text = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    STYLE,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...layout.routes.map(route => drawRoute(route, place)),
    ...boxes.map((box, i) => drawBox(box, place.left(i), place.top(i), place.boxWidth)),
    '</svg>\n',
  ].join('\n');
  return { text, width, height };
}

interface Box {
  readonly className: string;
  readonly name: string;
  readonly shape: string;
  readonly parameters: string;
  readonly hasWeights: boolean;
}

function describe(layer: layers.Layer, calls: readonly LayerCall[]): Box {
  const outputs = calls.filter(({ outboundLayer }) => outboundLayer === layer).flatMap(call => call.outputTensors);
  const shapes = outputs.map(({ shape }) => `(${shape.map(size => size ?? 'None').join(', ')})`);
  const parameters = layer.countParams();
  const hasWeights = parameters > 0;
  return {
    className: kerasClassName(layer),
    name: layer.name,
    shape: [...new Set(shapes)].join(' '),
    parameters: hasWeights ? `${parameters.toLocaleString('en-US')}${layer.trainable ? '' : ' frozen'}` : '',
    hasWeights,
  };
}

/** Places in the list of the layers whose outputs a layer is called with. */
function parents(layer: layers.Layer, calls: readonly LayerCall[], all: readonly layers.Layer[]): number[] {
  // tfjs has an input layer called with its own output.
  if (layer.getClassName() === 'InputLayer') return [];
  const sources = calls
    .filter(({ outboundLayer }) => outboundLayer === layer)
    .flatMap(({ inputTensors }) => inputTensors.map(({ sourceLayer }) => all.indexOf(sourceLayer)));
  // A Sequential doesn't list its input layer.
  return [...new Set(sources)].filter(source => source !== -1);
}

const BOX_HEIGHT = 42;
/** The gap under a row. */
const GAP = 32;
/** Where in the gap connections turn, each kind on a height of its own: out into a lane, across to a column, in from a lane. */
const TURNS = { out: 8, across: 13, into: 17 };
const COLUMN_GAP = 24;
const LANE_WIDTH = 14;
const MARGIN = 18;
const PADDING = 10;
const WIDTHS = { least: 170, most: 360 };
/** A generous width of one character: which font draws it isn't known. */
const CHARACTER = 7;

/** Pixels of what stands where. */
interface Place {
  readonly width: number;
  readonly height: number;
  readonly boxWidth: number;
  left(box: number): number;
  top(box: number): number;
  lane(route: Route, lane: number): number;
}

function measure(boxes: readonly Box[], { rows, columns, lanes }: GraphLayout): Place {
  const longest = boxes.map(({ className, name, shape, parameters }) =>
    Math.max(className.length + name.length, shape.length + parameters.length),
  );
  const wanted = 2 * PADDING + CHARACTER * (3 + Math.max(...longest));
  const boxWidth = Math.min(Math.max(wanted, WIDTHS.least), WIDTHS.most);
  const lefts: number[] = [];
  let x = MARGIN;
  for (const count of lanes) {
    x += count * LANE_WIDTH;
    lefts.push(x);
    x += boxWidth + COLUMN_GAP;
  }
  const top = (row: number): number => MARGIN + row * (BOX_HEIGHT + GAP);
  return {
    width: x - COLUMN_GAP + MARGIN,
    height: top(Math.max(...rows)) + BOX_HEIGHT + MARGIN,
    boxWidth,
    left: box => lefts[columns[box]],
    top: box => top(rows[box]),
    lane: ({ laneColumn }, lane) => lefts[laneColumn] - (lane + 1) * LANE_WIDTH,
  };
}

const STYLE = `<style>
text{font:12px sans-serif;fill:#24292f}
.page{fill:#fff}
.box{fill:#f6f8fa;stroke:#8c959f}
.weights .box{fill:#ddf4ff;stroke:#54aeff}
.class{font-weight:bold}
.name,.shape{fill:#57606a}
.edge{fill:none;stroke:#57606a;stroke-width:1.25}
</style>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
<path d="M0 0L8 4L0 8z" fill="#57606a"/></marker></defs>`;

function drawBox(box: Box, left: number, top: number, width: number): string {
  const { className, name, shape, parameters } = box;
  const room = Math.floor((width - 2 * PADDING) / CHARACTER) - 2;
  const right = left + width - PADDING;
  const line = (y: number, [first, kind]: readonly [string, string], [second, other]: readonly [string, string]) =>
    `<text class="${kind}" x="${left + PADDING}" y="${y}">${escaped(shorten(first, room - second.length))}</text>` +
    `<text class="${other}" x="${right}" y="${y}" text-anchor="end">${escaped(second)}</text>`;
  const title = [className, name, shape, parameters].filter(Boolean).join(' ');
  return (
    `<g class="layer${box.hasWeights ? ' weights' : ''}"><title>${escaped(title)}</title>` +
    `<rect class="box" x="${left}" y="${top}" width="${width}" height="${BOX_HEIGHT}" rx="5"/>` +
    line(top + 17, [className, 'class'], [shorten(name, room - className.length), 'name']) +
    line(top + 34, [shape, 'shape'], [parameters, 'parameters']) +
    '</g>'
  );
}

function drawRoute(route: Route, place: Place): string {
  const { from, to, through } = route;
  const middle = place.boxWidth / 2;
  const [x1, x2] = [place.left(from) + middle, place.left(to) + middle];
  const [y1, y2] = [place.top(from) + BOX_HEIGHT, place.top(to)];
  const quarter = place.boxWidth / 4;
  let line: Point[];
  if (typeof through === 'number') {
    const [a, b, lane] = [x1 - quarter, x2 - quarter, place.lane(route, through)];
    const [out, into] = [y1 + TURNS.out, y2 - GAP + TURNS.into];
    line = [
      [a, y1],
      [a, out],
      [lane, out],
      [lane, into],
      [b, into],
      [b, y2],
    ];
  } else if (x1 === x2) {
    line = [
      [x1, y1],
      [x2, y2],
    ];
  } else {
    // To a column on the right from the right part of the box above, from there into the right part of the box below.
    const [a, b] = [x1 < x2 ? x1 + quarter : x1, x2 < x1 ? x2 + quarter : x2];
    const turn = y2 - GAP + TURNS.across;
    line = [
      [a, y1],
      [a, turn],
      [b, turn],
      [b, y2],
    ];
  }
  return `<path class="edge" data-from="${from}" data-to="${to}" marker-end="url(#arrow)" d="${roundedPath(line)}"/>`;
}

type Point = readonly [x: number, y: number];

/** Lines from corner to corner, each corner rounded off. */
function roundedPath(corners: readonly Point[], radius = 6): string {
  const inner = corners.slice(1, -1).map((corner, i) => {
    const [before, after] = [corners[i], corners[i + 2]].map(other => towards(corner, other, radius));
    return `L${before}Q${corner} ${after}`;
  });
  return `M${corners[0]}${inner.join('')}L${corners[corners.length - 1]}`;
}

function towards([x, y]: Point, [toX, toY]: Point, distance: number): Point {
  const length = Math.hypot(toX - x, toY - y);
  const share = length === 0 ? 0 : Math.min(distance / length, 0.5);
  return [round(x + share * (toX - x)), round(y + share * (toY - y))];
}

const round = (value: number): number => Math.round(10 * value) / 10;

const shorten = (text: string, room: number): string =>
  text.length > Math.max(room, 4) ? `${text.slice(0, Math.max(room, 4) - 1)}…` : text;

const escaped = (text: string): string => text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
