import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { EMPTY, lastValueFrom, type Observable, take, tap } from 'rxjs';
import { catchError } from 'rxjs/operators';
import { describe, expect, it } from 'vitest';
import { batch } from '../../operators/batch.js';
import { train } from '../../pipelines/train.js';
import { fromArrays } from '../../src/data/fromArrays.js';
import { fromStream } from '../../src/data/fromStream.js';
import type { TrainEvent } from '../../src/event/trainEvent.js';
import { openSessions } from '../../src/graph/session.js';
import { createLearner } from '../../src/learner/createLearner.js';
import { nativeOrNull } from '../helpers/native.js';

const native = await nativeOrNull();

const arrays = fromArrays({
  x: { data: new Float32Array(40).fill(0.5), shape: [20, 2] },
  y: { data: new Float32Array(20), shape: [20] },
});
const broken = fromStream(
  function* () {
    for (let i = 0; i < 10; i++) yield { x: Float32Array.of(i, 1), y: i };
    throw new Error('the source broke');
  },
  { inputShape: [2] },
);

/** Everything that lives on the native side. */
const alive = () => [tf.memory().numTensors, native?.binding.getNumOfTensors(), openSessions()];

type Ending = (run$: Observable<TrainEvent>) => Observable<unknown>;
const endings: Record<string, Ending> = {
  complete: run$ => run$,
  'unsubscribe midway': run$ => run$.pipe(take(4)),
  'a throw downstream': run$ =>
    run$.pipe(
      tap(event => {
        if (event.type === 'step' && event.step === 1) throw new Error('an observer broke');
      }),
    ),
};

describe.skipIf(native === null)('the leak contract', () => {
  const runAndCount = async (compile: boolean, source: typeof arrays | typeof broken, end: Ending): Promise<void> => {
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
    const touch = () => tf.tidy(() => void (model.predict(tf.zeros([1, 2])) as tf.Tensor).dataSync());
    touch();
    const before = alive();
    let freed = Promise.resolve();
    const learner = () => {
      const made = createLearner({ model, optimizer: 'adam', loss: 'mse', compile });
      const { dispose } = made;
      freed = new Promise(resolve => {
        made.dispose = () => dispose.call(made).then(resolve);
      });
      return made;
    };
    const data = { source, through: batch(4) };
    const run$ = train({ learner, data, validation: { source: arrays, through: batch(8) }, epochs: 2, seed: 1 });
    await lastValueFrom(end(run$).pipe(catchError(() => EMPTY)), { defaultValue: undefined });
    await freed;
    touch();
    expect(alive()).toEqual(before);
  };

  const modes = [true, false] as const;
  it.each(modes.flatMap(compile => Object.keys(endings).map(name => [name, compile] as const)))(
    'holds for %s (compile: %s)',
    async (name, compile) => runAndCount(compile, arrays, endings[name]),
  );

  it.each(modes)('holds for an error of the source (compile: %s)', async compile =>
    runAndCount(compile, broken, run$ => run$),
  );
});
