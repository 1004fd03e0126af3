import type { FoundSnapshot, SnapshotStore } from '../../src/checkpoint/snapshot.js';
import type { Source } from '../../src/data/source.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import type { Learner } from '../../src/learner/learner.js';
import { resolveLazy } from '../lazy.js';
import type { TrainOptions } from '../train.js';
import { openLearner } from './openLearner.js';
import type { RunLifetime } from './runLifetime.js';
import { RunSnapshots } from './runSnapshots.js';

/** What one run works with that isn't its own. */
export interface RunInputs {
  /** Undefined where there is no store. */
  readonly snapshots: RunSnapshots | undefined;
  /** From which it goes on. */
  readonly found: FoundSnapshot | null;
  readonly source: Source;
  readonly validationSource: Source | undefined;
  readonly learner: Learner;
}

/** Opens them one after the other; undefined where the run was aborted or has failed meanwhile. */
export async function openInputs(options: TrainOptions, lifetime: RunLifetime): Promise<RunInputs | undefined> {
  const snapshots = options.snapshots && (await openSnapshots(options.snapshots, options));
  lifetime.onEnd(async () => snapshots?.close());
  if (lifetime.isCutShort) return;
  const found = options.resume ? ((await options.snapshots?.latest()) ?? null) : null;
  if (lifetime.isCutShort) return;
  const source = await resolveLazy(options.data.source);
  if (lifetime.isCutShort) return;
  const validationSource = options.validation && (await resolveLazy(options.validation.source));
  if (lifetime.isCutShort) return;
  const { learner, close } = await openLearner(options.learner, () => lifetime.isOver);
  lifetime.onEnd(close);
  if (lifetime.isCutShort) return;
  if (options.validation !== undefined && learner.evaluates === false) throw cannotValidate();
  return { snapshots, found, source, validationSource, learner };
}

const openSnapshots = (store: SnapshotStore, { resume = false, snapshotEveryMs = 30_000 }: TrainOptions) =>
  RunSnapshots.open(store, { resume, everyMs: snapshotEveryMs });

const cannotValidate = (): InvalidArgumentError =>
  new InvalidArgumentError(
    "train: 'validation' was given, but the learner can't evaluate: createCustomLearner got no 'testStep'. Give it one, which returns " +
      "what trainStep returns, without an update; or leave 'validation' out.",
  );
