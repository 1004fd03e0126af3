import * as tf from '@tensorflow/tfjs-core';
import { concat, defer, EMPTY, from, type MonoTypeOperatorFunction, map, type Observable, of, repeat, tap } from 'rxjs';
import { type AscentStep, checkEpsilon, gradientAscent } from '../../operators/gradientAscent.js';
import { checkCount } from '../../src/error/checkCount.js';
import { checkFinite } from '../../src/error/checkFinite.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { type Ascender, createAscender } from '../../src/filters/ascender.js';
import { EPSILON } from '../../src/filters/deprocessImage.js';
import type { AscentEvent, FilterEnd, FilterEvent } from '../../src/filters/filterEvent.js';
import { finishedPicture } from '../../src/filters/finishedPicture.js';
import type { NetworkPart } from '../../src/filters/networkPart.js';
import { filterActivation, type Objective } from '../../src/filters/objective.js';
import { gatherPictures, type Pictures } from '../../src/filters/pictures.js';
import { type ScaleSizes, scaleSizes } from '../../src/filters/scaleSizes.js';
import { smallestSize } from '../../src/filters/smallestSize.js';
import { startNoise } from '../../src/filters/startNoise.js';
import { checkUpscaleMethod, type UpscaleMethod, upscalePictures } from '../../src/filters/upscalePictures.js';
import { currentNative } from '../../src/native/backend.js';
import { checkDtypePolicy, type DtypePolicy, policyInUse, whyFloat32 } from '../../src/native/dtypePolicy.js';
import { drawSeed } from '../../src/random/drawSeed.js';
import { FilterGroup, type FilterOutcome } from './filterGroup.js';
import { freedAtEnd } from './freedAtEnd.js';

export interface FilterPicturesOptions {
  /** The network up to the layer. Stays the caller's. */
  readonly part: NetworkPart;
  /** Numbers of the filters, each drawn once. Default: all. */
  readonly filters?: readonly number[];
  /** Rows and columns of a finished picture. Default: 412. */
  readonly size?: number;
  /** Default: 9. */
  readonly upscalings?: number;
  /** Default: 1.2. */
  readonly factor?: number;
  /** Steps on each scale. Default: 15. */
  readonly steps?: number;
  /** Default: 1. */
  readonly stepSize?: number;
  /** A filter whose loss is not above it is dropped. Default: 1e-7. */
  readonly epsilon?: number;
  /** Filters that are climbed together; the next ones take the places of those that drop on the first scale. Default: 1. */
  readonly batch?: number;
  /** The start of each filter follows from it and the filter's number. Default: drawn and reported. */
  readonly seed?: number;
  /** What is made larger. Default: the mean activation of the filter. */
  readonly objective?: Objective;
  /** How pictures go from scale to scale. Default: `levels`, as published. */
  readonly upscaling?: UpscaleMethod;
  /** Random shifts of up to so many pixels around each step. Default: 0. */
  readonly jitter?: number;
  /** Whether the events of the steps show the pictures. Default: false. */
  readonly preview?: boolean;
  /**
   * What steps compute in. Default: `float32`. With `mixed_bfloat16` a machine that has no instructions for it warns, and computes
   * in `float32`.
   */
  readonly dtypePolicy?: DtypePolicy;
}

/**
 * What the filters of a convolution layer look for, found by gradient ascent on noise, from small pictures to large ones: a
 * cold Observable of events. A filter's picture is in its `epochEnd`.
 *
 * ```
 * subscribe: runStart epochStart step step … epochEnd epochStart step … epochEnd trainEnd runEnd |
 * ```
 *
 * It completes, or fails, when everything is freed. Unsubscribing lets no further step begin; the native call that is running ends
 * first, then everything is freed.
 *
 * *Backpressure:* the next filter begins when all events of the one before are consumed.
 *
 * *Errors:* of a step; a filter whose loss is zero or not finite is dropped and the others go on.
 *
 * Source: Keras's example conv_filter_visualization.
 *
 * @throws InvalidArgumentError where an option can't be meant
 */
export function filterPictures(options: FilterPicturesOptions): Observable<FilterEvent> {
  const { part, size = 412, upscalings = 9, factor = 1.2, batch = 1, seed } = options;
  const { steps = 15, stepSize = 1, jitter = 0, dtypePolicy = 'float32' } = options;
  const { epsilon = EPSILON, upscaling = 'levels' } = options;
  const filters = [...new Set(options.filters ?? Array.from({ length: part.filters }, (_, i) => i))];
  if (options.objective === undefined) checkFilters(filters, part);
  checkCount('filterPictures', { batch, steps }, 1);
  checkCount('filterPictures', { jitter, seed: seed ?? 0 });
  checkFinite('filterPictures', { stepSize });
  checkEpsilon('filterPictures', epsilon);
  checkUpscaleMethod(upscaling);
  checkDtypePolicy(dtypePolicy);
  const minimum = smallestSize(part);
  const sizes = scaleSizes({ size, upscalings, factor, minimum });
  const begins = Math.trunc(size / factor ** upscalings);
  const note =
    begins < minimum
      ? `${part.layer} sees nothing below ${minimum} px: starting there, not at ${begins} px.`
      : undefined;
  return defer(() => {
    const objective = options.objective ?? filterActivation(part);
    // A step of all places is taken once for nothing: places that no filter will have cost memory.
    const places = Math.max(1, Math.min(batch, filters.length));
    const ascender = createAscender({ objective, batch: places, sizes: sizes.ascent, dtypePolicy });
    const run = new FilterRun({ ...options, steps, stepSize, jitter, dtypePolicy }, filters, sizes, ascender);
    return run.events(note).pipe(freedAtEnd(() => ascender.dispose()));
  });
}

type FilterRunOptions = FilterPicturesOptions &
  Required<Pick<FilterPicturesOptions, 'steps' | 'stepSize' | 'jitter' | 'dtypePolicy'>>;

/** One subscription. */
class FilterRun {
  private readonly seed: number;
  private iterations = 0;
  private done = 0;
  private lastEnd = performance.now();
  private logs: Readonly<Record<string, number>> = {};

  constructor(
    private readonly options: FilterRunOptions,
    private readonly filters: readonly number[],
    private readonly sizes: ScaleSizes,
    private readonly ascender: Ascender,
  ) {
    this.seed = options.seed ?? drawSeed();
  }

  events(note: string | undefined): Observable<FilterEvent> {
    const why = whyFloat32(this.options.dtypePolicy, currentNative());
    const warnings = [warning('smallest-size', note), warning('float32', why)].flat();
    const queue = [...this.filters];
    return concat(
      defer(() => of(this.runStart(), ...warnings)),
      defer(() => this.group(queue)).pipe(repeatWhile(() => queue.length > 0)),
      defer(() => of(...this.ends())),
    ).pipe(map(event => Object.freeze(event)));
  }

  /** The next filters of the queue, from noise to the finished pictures. */
  private group(queue: number[]): Observable<FilterEvent> {
    const { ascent, resizeTo } = this.sizes;
    const { iterations, done: epoch } = this;
    const group = new FilterGroup();
    const larger = (scale: number): Pictures | null => {
      const pictures = group.take();
      return pictures === null ? null : upscalePictures(pictures, resizeTo[scale], this.options.upscaling ?? 'levels');
    };
    return concat(
      of<FilterEvent>({ type: 'epochStart', time: Date.now(), epoch, iterations, learningRate: this.options.stepSize }),
      this.firstScale(queue, group),
      ...ascent.slice(1).map((_, i) => defer(() => this.climb(larger(i), i + 1, group))),
      defer(() => {
        const finished = larger(ascent.length - 1);
        if (finished !== null) group.put(finished);
        return from(this.filterEnds([...group.takeDropped(), ...group.takeFinished()]));
      }),
    );
  }

  /** Filters that drop are mostly those that never answer, and do so at once: further ones take their places. */
  private firstScale(queue: number[], group: FilterGroup): Observable<FilterEvent> {
    const { batch } = this.ascender;
    return defer(() => {
      const filters = queue.splice(0, batch - group.climbers);
      group.add(filters);
      return concat(
        this.climb(this.noise(filters), 0, group),
        defer(() => from(this.filterEnds(group.takeDropped()))),
      );
    }).pipe(repeatWhile(() => queue.length > 0 && group.climbers < batch));
  }

  private noise(filters: readonly number[]): Pictures {
    const [size] = this.sizes.ascent;
    const { channels } = this.options.part;
    return gatherPictures(
      { filters, size, channels },
      filters.map(filter => startNoise(size, filter, this.seed, channels)),
    );
  }

  private climb(start: Pictures | null, scale: number, group: FilterGroup): Observable<FilterEvent> {
    if (start === null) return EMPTY;
    const { steps, stepSize, epsilon, jitter } = this.options;
    let last = start;
    return of(start).pipe(
      gradientAscent(this.ascender, {
        steps,
        stepSize,
        ...(epsilon === undefined ? {} : { epsilon }),
        ...(jitter > 0 ? { jitter: { pixels: jitter, seed: this.seed } } : {}),
      }),
      tap({
        next: step => {
          last = step.pictures;
          group.note(step, scale);
        },
        complete: () => group.put(last),
      }),
      map(step => this.ascentEvent(step, scale)),
    );
  }

  private runStart(): FilterEvent {
    const { part, steps, dtypePolicy } = this.options;
    return {
      type: 'runStart',
      time: Date.now(),
      seed: this.seed,
      epochs: this.filters.length,
      stepsPerEpoch: steps * this.sizes.ascent.length,
      metrics: ['filter', 'loss', 'kept', 'seconds'],
      parameters: part.model.countParams(),
      backend: tf.getBackend(),
      compiled: currentNative() !== undefined,
      dtypePolicy: policyInUse(dtypePolicy, currentNative()),
      resumedFrom: null,
    };
  }

  private ascentEvent(step: AscentStep, scale: number): AscentEvent {
    const { steps, preview = false } = this.options;
    const { filters, losses, pictures } = step;
    const pixels = this.sizes.ascent[scale];
    const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
    return {
      type: 'step',
      time: Date.now(),
      epoch: this.done,
      step: scale * steps + step.step,
      iterations: ++this.iterations,
      size: filters.length,
      logs: Object.freeze({ loss, scale, size: pixels }),
      scale,
      pixels,
      filters,
      losses,
      ...(preview ? { previews: pictures.filters.map((_, i) => finishedPicture(pictures, i)) } : {}),
    };
  }

  /** `seconds`: the time since the last ends, shared among these. */
  private filterEnds(outcomes: readonly FilterOutcome[]): FilterEnd[] {
    const now = performance.now();
    const seconds = (now - this.lastEnd) / 1000 / outcomes.length;
    if (outcomes.length > 0) this.lastEnd = now;
    return outcomes.map(({ steps, ...outcome }) => {
      const { filter, loss, picture } = outcome;
      this.logs = Object.freeze({ filter, loss, kept: picture === null ? 0 : 1, seconds });
      const common = { time: Date.now(), epoch: this.done++, iterations: this.iterations, logs: this.logs, steps };
      return { type: 'epochEnd', ...common, ...outcome };
    });
  }

  private ends(): FilterEvent[] {
    const { iterations, logs, done: epochs } = this;
    const time = Date.now();
    return [
      { type: 'trainEnd', time, epoch: Math.max(0, epochs - 1), iterations },
      { type: 'runEnd', time, reason: 'completed', epochs, iterations, logs, fingerprint: '' },
    ];
  }
}

const warning = (code: string, message: string | undefined): FilterEvent[] =>
  message === undefined ? [] : [{ type: 'warning', time: Date.now(), code, message }];

/** Subscribes anew each time the source has completed, as long as the condition holds. */
const repeatWhile = <T>(condition: () => boolean): MonoTypeOperatorFunction<T> =>
  repeat({ delay: () => (condition() ? of(true) : EMPTY) });

function checkFilters(filters: readonly number[], { layer, filters: count }: NetworkPart): void {
  const wrong = filters.find(filter => !Number.isInteger(filter) || filter < 0 || filter >= count);
  if (wrong === undefined && filters.length > 0) return;
  throw new InvalidArgumentError(
    wrong === undefined
      ? 'There are no filters to draw: name one at least.'
      : `${layer} has no filter ${wrong}: its filters are 0 to ${count - 1}.`,
  );
}
