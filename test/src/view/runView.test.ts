import { describe, expect, it } from 'vitest';
import {
  checkpointEvent,
  directiveEvent,
  epochEnd,
  runEnd,
  runStart,
  stepEvent,
  validationEvent,
  warningEvent,
} from '../../../operators/testing/events.js';
import type { TrainEvent } from '../../../src/event/trainEvent.js';
import { RunView } from '../../../src/view/runView.js';

function viewOf(...events: readonly TrainEvent[]): RunView {
  const view = new RunView();
  for (const event of events) view.add(event);
  return view;
}

const curvesOf = (view: RunView, name: string) => {
  const { steps, epochs, validation } = view.charts.get(name)!;
  return { steps: steps.items(), epochs: epochs.items(), validation: validation.items() };
};

const steps = (loss: number) =>
  [0, 1].map(step => stepEvent({ step, logs: { loss: loss - step / 4, learning_rate: 0.5 } }));

describe('RunView', () => {
  it('draws over epochs where it knows their steps', () => {
    const view = viewOf(
      runStart({ stepsPerEpoch: 2 }),
      ...steps(2),
      validationEvent({ logs: { val_loss: 3 } }),
      epochEnd({ steps: 2, logs: { loss: 1.5, val_loss: 3, learning_rate: 0.5 } }),
    );
    expect(view.unit).toBe('epochs');
    expect(curvesOf(view, 'loss')).toEqual({
      steps: [
        [0.5, 2],
        [1, 1.75],
      ],
      epochs: [[1, 1.5]],
      validation: [[1, 3]],
    });
    expect(view.progress).toMatchObject({ epoch: 0, epochs: 10, steps: 2, ended: true });
  });

  it.each([
    [{ stepsPerEpoch: 4 }, 2.5],
    [{ stepsPerEpoch: null }, 10],
  ])('goes on where a resumed run does, which may begin with a validation: %j', (start, x) => {
    const resumedFrom = { epoch: 2, step: 2, iterations: 10, events: 7 };
    const view = viewOf(runStart({ ...start, resumedFrom }), validationEvent({ logs: { val_loss: 3 } }));
    expect(curvesOf(view, 'loss').validation).toEqual([[x, 3]]);
  });

  it('draws over steps where it does not', () => {
    const view = viewOf(
      runStart({ stepsPerEpoch: null }),
      ...steps(2),
      epochEnd({ iterations: 2, logs: { loss: 1.5 } }),
    );
    expect(view.unit).toBe('steps');
    expect(curvesOf(view, 'loss').epochs).toEqual([[2, 1.5]]);
  });

  it('draws the rate that each step had', () => {
    const view = viewOf(runStart({ stepsPerEpoch: 2 }), ...steps(2), epochEnd({ logs: { loss: 1, learning_rate: 9 } }));
    expect(curvesOf(view, 'learning_rate')).toEqual({
      steps: [],
      epochs: [
        [0.5, 0.5],
        [1, 0.5],
      ],
      validation: [],
    });
  });

  it('takes the validation from the end of an epoch that had no event of its own for it', () => {
    const [first, second, third] = [0, 1, 2].map(epoch => epochEnd({ epoch, logs: { loss: 1, val_loss: epoch } }));
    const own = [...steps(2), validationEvent({ logs: { val_loss: 1 } })].map(event => ({ ...event, epoch: 1 }));
    const view = viewOf(runStart({ stepsPerEpoch: 2 }), first, ...own, second, third);
    expect(curvesOf(view, 'loss').validation).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
    ]);
  });

  it('draws of a filter its loss alone', () => {
    const step = { ...stepEvent({ logs: { loss: 1, scale: 2, size: 30 } }), filters: [3] };
    const end = { ...epochEnd({ logs: { filter: 3, loss: 4, kept: 1, seconds: 2 } }), filter: 3 };
    expect([...viewOf(runStart({ stepsPerEpoch: 2 }), step, end).charts.keys()]).toEqual(['loss']);
  });

  it('notes what happened beside, and of what one controller asks again and again in an epoch the last', () => {
    const by = 'plateau';
    const rate = (value: number, epoch: number) => directiveEvent({ type: 'setLearningRate', by, value }, { epoch });
    const events = [
      runStart({ resumedFrom: { epoch: 2, step: 0, iterations: 40, events: 7 } }),
      warningEvent({ message: 'Take care.' }),
      rate(0.1, 2),
      rate(0.2, 2),
      rate(0.3, 3),
      directiveEvent({ type: 'scaleLearningRate', by, factor: 1 / 3 }, { epoch: 3 }),
      directiveEvent({ type: 'remember', by, weights: 'best' }),
      directiveEvent({ type: 'restore', by, weights: 'best' }, { epoch: 3 }),
      directiveEvent({ type: 'saveCheckpoint', by }),
      checkpointEvent({ file: 'a.h5', epoch: 3 }),
      directiveEvent({ type: 'stop', by, reason: 'patience' }, { epoch: 3 }),
      runEnd({ reason: 'patience', fingerprint: 'abc' }),
    ];
    const { notes, end } = viewOf(...events.map((event, i) => ({ ...event, time: i + 1 })));
    expect(notes.map(({ time, epoch, kind, text }) => [time, epoch, kind, text])).toEqual([
      [1, 2, 'checkpoint', 'Goes on after 40 steps.'],
      [2, null, 'warning', 'Take care.'],
      [4, 2, 'directive', 'plateau: learning rate 0.2'],
      [5, 3, 'directive', 'plateau: learning rate 0.3'],
      [6, 3, 'directive', 'plateau: learning rate × 0.3333'],
      [8, 3, 'directive', "plateau: put back the weights 'best'"],
      [10, 3, 'checkpoint', 'Saved a.h5'],
      [11, 3, 'directive', 'plateau: stop, patience'],
      [12, null, 'end', 'Ended: patience. Weights abc'],
    ]);
    expect(end?.reason).toBe('patience');
  });

  it('keeps a bounded number of points and notes', () => {
    const view = viewOf(runStart({ stepsPerEpoch: 1 }));
    for (let epoch = 0; epoch < 5000; epoch++) {
      view.add(stepEvent({ epoch }));
      view.add(warningEvent());
    }
    expect(curvesOf(view, 'loss').steps.length).toBeLessThanOrEqual(2001);
    expect(view.notes.length).toBe(200);
  });
});
