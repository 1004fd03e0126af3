import { filter, lastValueFrom, map, toArray } from 'rxjs';
import { networkPart } from '../../src/filters/networkPart.js';
import { initializeWeights } from '../../src/model/initializeWeights.js';
import { vgg16 } from '../../src/model/vgg.js';
import { currentNative } from '../../src/native/backend.js';
import { type DtypePolicy, policyInUse } from '../../src/native/dtypePolicy.js';
import { loadWeightsByName } from '../../src/saving/loadWeightsByName.js';
import { startBackend } from '../cli/startBackend.js';
import { filterPictures } from '../filters/filterPictures.js';
import { printLine, quantile } from './benchLine.js';

export interface BenchFiltersOptions {
  /** Rows and columns of the finished picture. */
  readonly size: number;
  /** Measured groups of `batch` filters. */
  readonly filters: number;
  readonly batch: number;
  readonly threads: number;
  /** VGG16's weights. Default: random ones. */
  readonly weights?: string | undefined;
  /** Default `float32`, which is what the anchors compute in. */
  readonly dtypePolicy?: DtypePolicy;
}

const LAYER = 'block5_conv1';

/** Time of one filter's ascent on VGG16's block5_conv1, through the public pipeline; no filter is dropped on the way. */
export async function benchFilters({
  size,
  filters,
  batch,
  threads,
  weights,
  dtypePolicy = 'float32',
}: BenchFiltersOptions): Promise<void> {
  await startBackend({ threads });
  const model = vgg16({ includeTop: false, inputShape: [null, null, 3], until: LAYER });
  if (weights === undefined) initializeWeights(model, 1);
  else await loadWeightsByName(model, weights);
  const warmup = Array.from({ length: batch }, (_, i) => i);
  const measured = Array.from({ length: filters * batch }, (_, i) => i);
  const run$ = filterPictures({
    part: networkPart(model, LAYER),
    filters: [...warmup, ...measured],
    size,
    batch,
    seed: 1,
    epsilon: Number.NEGATIVE_INFINITY,
    dtypePolicy,
  });
  const events = await lastValueFrom(
    run$.pipe(
      filter(event => event.type === 'epochEnd'),
      map(event => ({ at: performance.now(), loss: event.loss })),
      toArray(),
    ),
  );
  const ends = events.filter((_, i) => i % batch === batch - 1).map(({ at }) => at);
  const single = ends.slice(1).map((at, i) => (at - ends[i]) / batch);
  printLine({
    bench: 'filters',
    variant: policyInUse(dtypePolicy, currentNative()) === 'float32' ? 'compiled' : 'compiled-bfloat16',
    size,
    batch,
    ms_per_filter: (ends[ends.length - 1] - ends[0]) / measured.length,
    p10: quantile(single, 0.1),
    p50: quantile(single, 0.5),
    p90: quantile(single, 0.9),
    filters: measured.length,
    threads,
    weights: weights === undefined ? 'random' : 'file',
    loss: events[batch].loss,
  });
}
