import type { FoundSnapshot, SnapshotStore } from '../../src/checkpoint/snapshot.js';
import type { Source } from '../../src/data/source.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import type { Learner } from '../../src/learner/learner.js';
import { resolveLazy } from '../lazy.js';
import type { TrainOptions } from '../train.js';
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
  const learner = await resolveLazy(options.learner);
  if (typeof options.learner === 'function') lifetime.onEnd(() => learner.dispose());
  else await lendTo(lifetime, learner);
  if (lifetime.isCutShort) return;
  return { snapshots, found, source, validationSource, learner };
}

/** Learners that are their callers' and have a run, and when that has ended. */
const lent = new WeakMap<Learner, { readonly run: RunLifetime; readonly ended: Promise<void> }>();

/** A learner that was handed over ready-made stays the caller's, for one run after the other. The end of a run that is over is waited for. */
async function lendTo(run: RunLifetime, learner: Learner): Promise<void> {
  for (let other = lent.get(learner); other !== undefined; other = lent.get(learner)) {
    if (!other.run.isOver) {
      throw new InvalidArgumentError(
        'The learner has a run already, and two would train it by turns. Several subscribers of one run share it by ' +
          "'train(…).pipe(share())'; for several runs at one time give 'learner' a function that makes one for each.",
      );
    }
    await other.ended;
  }
  const ended = new Promise<void>(resolve => {
    run.onEnd(() => {
      lent.delete(learner);
      resolve();
    });
  });
  lent.set(learner, { run, ended });
}

const openSnapshots = (store: SnapshotStore, { resume = false, snapshotEveryMs = 30_000 }: TrainOptions) =>
  RunSnapshots.open(store, { resume, everyMs: snapshotEveryMs });
