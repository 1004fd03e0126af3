import type { Subscriber } from 'rxjs';
import type { TrainEvent } from '../../src/event/trainEvent.js';
import type { TrainOptions } from '../train.js';
import { openRun, type RunParts } from './openRun.js';
import type { RunLifetime } from './runLifetime.js';
import { TrainingRun } from './trainingRun.js';

/** One run of `train` from its beginning to the notification that it ends with. Never rejects. */
export async function runTraining(
  options: TrainOptions,
  lifetime: RunLifetime,
  subscriber: Subscriber<TrainEvent>,
): Promise<void> {
  let parts: RunParts | undefined;
  try {
    if (options.stopOn !== undefined) lifetime.stopOn(options.stopOn);
    parts = await openRun(options, lifetime, subscriber);
    if (parts !== undefined) await new TrainingRun(options, lifetime, parts).run();
  } catch (error) {
    lifetime.fail(error);
  }
  lifetime.heedNoSignal();
  try {
    if (lifetime.failure !== undefined && !lifetime.aborted) {
      await parts?.directives.saveOnException();
      await parts?.learner.sync?.();
    }
  } catch (error) {
    lifetime.fail(error);
  }
  await lifetime.end();
  if (lifetime.failure === undefined) subscriber.complete();
  else subscriber.error(lifetime.failure.error);
}
