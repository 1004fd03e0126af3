import { Observable, Subject, type Subscriber } from 'rxjs';
import type { Learner } from '../src/learner/learner.js';
import type { OpenLearner } from './training/openLearner.js';

/** Work with a learner: what it finds out it tells the subscriber; `halted` ends what it consumes. */
type Work<T> = (learner: Learner, subscriber: Subscriber<T>, halted: Subject<void>) => Promise<void>;

/**
 * What some work with a learner tells. The learner is opened for each subscription, and closed once the work has ended, however
 * that came; whoever unsubscribes halts it.
 *
 * @param open what the work is done with, given a function that says whether the work is over.
 */
export function withLearner<T>(open: (isOver: () => boolean) => Promise<OpenLearner>, work: Work<T>): Observable<T> {
  return new Observable(subscriber => {
    const halted = new Subject<void>();
    carryOut(open, work, subscriber, halted).then(
      () => subscriber.complete(),
      error => subscriber.error(error),
    );
    return () => halted.next();
  });
}

/** @throws the work's error, else that of the closing */
async function carryOut<T>(
  open: (isOver: () => boolean) => Promise<OpenLearner>,
  work: Work<T>,
  subscriber: Subscriber<T>,
  halted: Subject<void>,
): Promise<void> {
  const { learner, close } = await open(() => subscriber.closed);
  try {
    await work(learner, subscriber, halted);
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
  await close();
}
