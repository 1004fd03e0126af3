import type { layers } from '@tensorflow/tfjs-layers';
import { layerProblem } from './layerProblem.js';
import type { Shape } from './tfjsLayer.js';

interface GroupArgs {
  readonly groups: number;
  readonly filters: number;
  readonly dataFormat?: string;
}

/** @throws InvalidArgumentError where the filters can't be divided into so many groups, or channels stand first */
export function checkGroups(layer: layers.Layer, { groups, filters, dataFormat }: GroupArgs): void {
  if (!Number.isInteger(groups) || groups < 1 || filters % groups !== 0) {
    throw layerProblem(
      layer,
      `it has ${filters} filters and ${groups} groups; give a whole number that divides the filters`,
    );
  }
  if (dataFormat === 'channelsFirst') throw layerProblem(layer, `groups need 'dataFormat' channelsLast`);
}

/**
 * The shape of what one group of filters sees.
 *
 * @throws InvalidArgumentError where the input's channels can't be divided into so many groups
 */
export function shapeOfGroup(layer: layers.Layer, shape: Shape, groups: number): Shape {
  const channels = shape[shape.length - 1];
  if (channels === null || channels % groups !== 0) {
    throw layerProblem(layer, `its input of shape [${shape}] can't be divided into ${groups} groups of channels`);
  }
  return [...shape.slice(0, -1), channels / groups];
}
