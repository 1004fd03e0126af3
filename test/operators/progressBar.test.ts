import fc from 'fast-check';
import { from } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { renderProgress } from '../../operators/internal/renderProgress.js';
import { progressBar } from '../../operators/progressBar.js';
import { epochEnd, epochStart, runEnd, runStart, stepEvent, warningEvent } from '../../operators/testing/events.js';
import { foldProgress, millisecondsPerStep, NO_PROGRESS, type Progress } from '../../src/event/progress.js';
import type { TrainEvent } from '../../src/event/trainEvent.js';

const progress: Progress = {
  ...NO_PROGRESS,
  epoch: 2,
  epochs: 20,
  steps: 235,
  stepsPerEpoch: 469,
  startedAt: 1000,
  seen: 235,
  first: { steps: 1, time: 2000 },
  last: { steps: 235, time: 2936 },
  time: 2936,
  logs: { loss: 0.0512, accuracy: 0.98411, learning_rate: 0.001 },
};
const ended: Progress = {
  ...progress,
  steps: 469,
  last: { steps: 469, time: 3872 },
  time: 4272,
  logs: { ...progress.logs, val_loss: 0.0002 },
  ended: true,
};

const render = (state: Progress, width: number, color = false): string =>
  renderProgress(state, { width, color, bar: true });

describe('renderProgress', () => {
  it.each([
    [100, 'Epoch 3/20 ━━━━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 235/469 1s 4ms/step - loss: 0.0512 - accuracy: 0.9841'],
    [80, 'Epoch 3/20 ━━━━━━━╌╌╌╌╌╌╌╌ 235/469 1s 4ms/step - loss: 0.0512 - accuracy: 0.9841'],
    [64, 'Epoch 3/20 235/469 1s 4ms/step - loss: 0.0512 - accuracy: 0.9841'],
    [63, 'Epoch 3/20 ━━━━━━━━╌╌╌╌╌╌╌╌╌ 235/469 1s 4ms/step - loss: 0.0512'],
    [50, 'Epoch 3/20 235/469 1s 4ms/step - loss: 0.0512'],
    [30, 'Epoch 3/20 235/469 1s 4ms/step'],
    [29, 'Epoch 3/20'],
    [9, ''],
  ])('fits a terminal of %d columns', (width, line) => {
    expect(render(progress, width)).toBe(line);
  });

  it('shows the time it took and the val_ values once the epoch has ended', () => {
    expect(render(ended, 110)).toBe(
      'Epoch 3/20 ━━━━━━━━━━━━━━━━━━━━━━ 469/469 3s 4ms/step - loss: 0.0512 - accuracy: 0.9841 - val_loss: 2.0000e-04',
    );
  });

  it('puts what has no room below the line of an epoch that has ended', () => {
    expect(render(ended, 60)).toBe(
      'Epoch 3/20 ━━━━━━━━━━━━━━ 469/469 3s 4ms/step - loss: 0.0512\n           - accuracy: 0.9841 - val_loss: 2.0000e-04',
    );
    expect(render(ended, 40).split('\n')).toEqual([
      'Epoch 3/20 ━━━━━━━━━ 469/469 3s 4ms/step',
      '           - loss: 0.0512',
      '           - accuracy: 0.9841',
      '           - val_loss: 2.0000e-04',
    ]);
  });

  it('shows no bar and no time left where the number of steps is not known', () => {
    expect(render({ ...progress, stepsPerEpoch: null }, 80)).toBe(
      'Epoch 3/20 235/? 2s 4ms/step - loss: 0.0512 - accuracy: 0.9841',
    );
  });

  it.each([
    [0, { steps: 0, first: null, last: null }, 'Epoch 3/20   0/469'],
    [
      1,
      { steps: 1, seen: 1, first: { steps: 1, time: 1500 }, last: { steps: 1, time: 1500 } },
      'Epoch 3/20   1/469 3:54 500ms/step',
    ],
    [
      2,
      { steps: 2, first: { steps: 1, time: 1500 }, last: { steps: 2, time: 9500 } },
      'Epoch 3/20   2/469 1:02:16 8s/step',
    ],
    [
      3,
      { steps: 201, first: { steps: 1, time: 1500 }, last: { steps: 201, time: 1520 } },
      'Epoch 3/20 201/469 0s 100us/step',
    ],
  ])('writes times as Keras does (%d)', (_, given, line) => {
    expect(renderProgress({ ...progress, logs: {}, ...given }, { width: 80, color: false, bar: false })).toBe(line);
  });

  it('is never wider than the terminal, with colour or without', () => {
    const logs = fc.dictionary(fc.constantFrom('loss', 'accuracy', 'val_loss', 'a_metric'), fc.double());
    const steps = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(fc.nat(200), logs, steps, fc.option(steps), fc.boolean(), (width, values, done, total, color) => {
        const state = { ...progress, logs: values, steps: done, stepsPerEpoch: total };
        const line = render(state, width, color);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
        expect([...line.replace(/\x1b\[\d+m/g, '')].length).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('progressBar', () => {
  afterEach(() => vi.unstubAllEnvs());

  function show(events: readonly TrainEvent[], tty: { columns: number } | null): string {
    let text = '';
    const stream = { write: (part: string) => (text += part), isTTY: tty !== null, ...tty };
    from(events).pipe(progressBar({ stream })).subscribe();
    return text;
  }

  const steps = Array.from({ length: 40 }, (_, step) => stepEvent({ step, time: 10 * (step + 1), logs: { loss: 1 } }));
  const epoch = [
    runStart({ epochs: 2, stepsPerEpoch: 40 }),
    epochStart(),
    ...steps,
    epochEnd({ steps: 40, time: 3000, logs: { loss: 1, val_loss: 2 } }),
  ];

  it('redraws one line at most 20 times a second on a terminal', () => {
    vi.stubEnv('NO_COLOR', '1');
    const lines = show(epoch, { columns: 60 }).split('\r\x1b[K').slice(1);
    expect(lines).toHaveLength(9);
    expect(lines[0]).toBe('Epoch 1/2 ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  1/40 0s 10ms/step - loss: 1.0000');
    expect(lines[4]).toBe('Epoch 1/2 ━━━━━━━╌╌╌╌╌╌╌╌ 21/40 0s 10ms/step - loss: 1.0000');
    expect(lines.at(-1)).toBe(
      'Epoch 1/2 ━━━━━━━━━━━━━━━ 40/40 3s 10ms/step - loss: 1.0000\n          - val_loss: 2.0000\n',
    );
    expect(lines.slice(0, -1).join('')).not.toContain('\n');
  });

  it('goes on with a whole bar after an epoch that ended early, as that of a filter that drops', () => {
    vi.stubEnv('NO_COLOR', '1');
    const logs = { loss: 1, scale: 0, size: 100 };
    const filters = [
      runStart({ epochs: 3, stepsPerEpoch: 40 }),
      epochStart(),
      stepEvent({ time: 1000, logs }),
      epochEnd({ steps: 1, time: 1000 }),
      stepEvent({ epoch: 1, time: 2000, logs }),
      stepEvent({ epoch: 1, step: 19, time: 3900, logs }),
      epochEnd({ epoch: 1, steps: 40, time: 6000 }),
      epochStart({ epoch: 2, time: 6000 }),
      stepEvent({ epoch: 2, time: 7000, logs }),
    ];
    const lines = show(filters, { columns: 60 }).split('\r\x1b[K').slice(1);
    expect(lines.map(line => line.trim())).toEqual([
      'Epoch 1/3  1/40 39s 1s/step - loss: 1.0000 - scale: 0.0000',
      'Epoch 1/3 ━━━━━━━━━━━━━━━━━━━ 1/1 1s 1s/step - loss: 1.0000',
      'Epoch 2/3  1/40 39s 1s/step - loss: 1.0000 - scale: 0.0000',
      'Epoch 2/3 ━━━━━━━╌╌╌╌╌╌╌ 20/40 2s 100ms/step - loss: 1.0000',
      'Epoch 2/3 ━━━━━━━━━━━━━━ 40/40 5s 100ms/step - loss: 1.0000',
      'Epoch 3/3  1/40 39s 1s/step - loss: 1.0000 - scale: 0.0000',
    ]);
  });

  it('prints one plain line an epoch elsewhere', () => {
    expect(show([...epoch, runEnd()], null)).toBe('Epoch 1/2 40/40 3s 10ms/step - loss: 1.0000 - val_loss: 2.0000\n');
  });

  it('uses no cursor on a terminal that has none', () => {
    vi.stubEnv('TERM', 'dumb');
    expect(show(epoch, { columns: 60 })).not.toContain('\x1b');
  });

  it('uses colours on a terminal unless NO_COLOR says otherwise', () => {
    vi.stubEnv('NO_COLOR', '');
    expect(show(epoch, { columns: 60 })).toContain('\x1b[32m');
    vi.stubEnv('NO_COLOR', '1');
    expect(show(epoch, { columns: 60 })).not.toContain('\x1b[32m');
  });

  it('gives a warning and the reason of a stop lines of their own', () => {
    const events = [
      ...epoch.slice(0, 10),
      warningEvent({ message: 'Slow.' }),
      runEnd({ reason: 'time limit', epochs: 0 }),
    ];
    expect(show(events, { columns: 60 })).toContain('\r\x1b[KWarning: Slow.\nStopped in epoch 1: time limit\n');
  });

  it('says so where a resumed run has nothing left to do', () => {
    const resumedFrom = { epoch: 3, step: 0, iterations: 30, events: 40 };
    const end = runEnd({ reason: 'completed', epochs: 3 });
    expect(show([runStart({ resumedFrom }), end], null)).toMatch(/^Nothing to do: .* at its end, after 3 epochs/);
    expect(show([runStart({ resumedFrom }), stepEvent(), end], null)).not.toContain('Nothing to do');
    expect(show([runStart(), end], null)).not.toContain('Nothing to do');
  });

  it('leaves the cursor on a new line when the run is broken off', () => {
    expect(show(epoch.slice(0, 10), { columns: 60 })).toMatch(/\n$/);
  });
});

describe('millisecondsPerStep', () => {
  /** 20 ms a step, told five at a time, after `setUp` more for the first ones. */
  const shownAfter = (count: number, setUp: number, firstStep = 0): number => {
    const seen = Array.from({ length: count }, (_, i) => {
      const time = setUp + 100 * (1 + Math.floor(i / 5));
      return { ...stepEvent({ epoch: 0, step: firstStep + i }), time };
    });
    return millisecondsPerStep([{ ...epochStart(), time: 0 }, ...seen].reduce(foldProgress, NO_PROGRESS));
  };

  it('counts by calls where steps are told several at a time', () => {
    expect([5, 10, 15, 20].map(count => shownAfter(count, 0))).toEqual([20, 20, 20, 20]);
  });

  it('leaves out the first call, which sets things up, as soon as there is another', () => {
    expect(shownAfter(5, 1000)).toBe(220);
    expect(shownAfter(10, 1000)).toBe(20);
  });

  it('counts what was seen, where a run goes on in mid-epoch', () => {
    expect(shownAfter(5, 0, 600)).toBe(20);
  });
});
