import type { layers } from '@tensorflow/tfjs-layers';
import { isRecord } from '../../text/json.js';
import { isKerasObject, type KerasObject } from './kerasConfig.js';

/** What TensorFlow takes for a variable's name, which begins with its layer's. */
const VALID = /^[A-Za-z0-9][-A-Za-z0-9._/]*$/;

/** What tfjs's models keep by names of layers. */
interface Container {
  inputNames: readonly string[];
  outputNames: readonly string[];
  feedInputNames: readonly string[];
  /** `dense_ib-0`. */
  containerNodes: ReadonlySet<string>;
}

/** Names that tfjs can build a model with, in place of those that it can't, and the way back. */
export class SafeNames {
  private readonly originals = new Map<string, string>();

  /** A model's config with safe names for its layers, wherever they stand. */
  renamed(model: KerasObject): KerasObject {
    return this.walk(model) as KerasObject;
  }

  /** Gives a layer that was built the name back that it has in its file, and a model what it keeps by its layers' names. */
  restore(layer: layers.Layer): void {
    layer.name = this.original(layer.name);
    if (!('containerNodes' in layer)) return;
    const container = layer as unknown as Container;
    for (const key of ['inputNames', 'outputNames', 'feedInputNames'] as const) {
      container[key] = container[key].map(name => this.original(name));
    }
    const nodes = [...container.containerNodes];
    container.containerNodes = new Set(nodes.map(node => node.replace(/^.*(?=_ib-)/s, name => this.original(name))));
  }

  private original(name: string): string {
    return this.originals.get(name) ?? name;
  }

  private walk(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(item => this.walk(item));
    if (!isRecord(value)) return value;
    const walked = Object.entries(value).map(([key, inner]) => {
      if (key === 'name' && typeof inner === 'string') return [key, this.safe(inner)];
      if (REFERRING.includes(key)) return [key, this.references(inner)];
      // What is in there is the options of something that is no layer.
      return [key, isKerasObject(inner) && !HOLDING.includes(key) ? inner : this.walk(inner)];
    });
    return Object.fromEntries(walked);
  }

  /** Lists, in lists, that begin with a layer's name. */
  private references(value: unknown): unknown {
    if (!Array.isArray(value)) return value;
    const [first, ...rest] = value;
    return typeof first === 'string' ? [this.safe(first), ...rest] : value.map(item => this.references(item));
  }

  private safe(name: string): string {
    // tfjs keeps layers by name in plain objects.
    if (VALID.test(name) && !(name in Object.prototype)) return name;
    const safe = `layer_${Buffer.from(name).toString('hex')}`;
    this.originals.set(safe, name);
    return safe;
  }
}

/** Keys behind which layers are referred to. */
const REFERRING: readonly string[] = ['inbound_nodes', 'input_layers', 'output_layers'];
/** Keys of options that are layers. */
const HOLDING: readonly string[] = ['layer', 'cell', 'backward_layer'];
