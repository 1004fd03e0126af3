import { millisecondsPerStep, type Progress } from '../../src/event/progress.js';
import { clock } from '../../src/text/clock.js';
import { pythonFormat } from '../../src/text/pythonFormat.js';

export interface RenderOptions {
  /** Columns that a line may take; none is longer. */
  readonly width: number;
  readonly color: boolean;
  /** Whether there is a bar at all. */
  readonly bar: boolean;
}

const MIN_BAR = 5;
const MAX_BAR = 30;
const SEPARATOR = ' - ';

/**
 * One line about the running epoch: `Epoch 3/20 ━━━━━━━━━━ 235/469 1s 4ms/step - loss: 0.0512 - accuracy: 0.9841`. The
 * time is what is left, or what it took once the epoch has ended. Where the width doesn't do, the bar shrinks and goes,
 * then metrics go from the end: those of an epoch that has ended to lines below it, since nothing is redrawn there.
 */
export function renderProgress(progress: Progress, { width, color, bar }: RenderOptions): string {
  const head = `Epoch ${progress.epoch + 1}/${progress.epochs}`;
  const state = [counter(progress), duration(progress), perStep(progress)].filter(text => text !== '').join(' ');
  const fixed = head.length + 1 + state.length;

  const [metrics, ...below] = fill(metricTexts(progress), width - fixed, width - head.length);
  const room = Math.min(MAX_BAR, width - fixed - metrics.length - 1);
  const share = progress.stepsPerEpoch === null ? null : progress.steps / progress.stepsPerEpoch;
  const line = bar && share !== null && room >= MIN_BAR ? `${renderBar(room, share, color)} ` : '';
  if (fixed > width) return head.length <= width ? head : '';
  const first = `${color ? bold(head) : head} ${line}${state}${metrics}`;
  return progress.ended ? [first, ...below.map(text => ' '.repeat(head.length) + text)].join('\n') : first;
}

/** Texts, each after a separator, as lines of no more than so many columns; the first one may be empty. */
function fill(texts: readonly string[], firstWidth: number, width: number): [string, ...string[]] {
  const lines: [string, ...string[]] = [''];
  for (const text of texts) {
    const last = lines.length - 1;
    const more = `${lines[last]}${SEPARATOR}${text}`;
    if (more.length <= (last === 0 ? firstWidth : width)) lines[last] = more;
    else lines.push(`${SEPARATOR}${text}`);
  }
  return lines;
}

function renderBar(length: number, share: number, color: boolean): string {
  const done = Math.floor(length * Math.min(1, share));
  const [full, rest] = ['━'.repeat(done), '━'.repeat(length - done)];
  // Without colour the part that is left must differ by its form.
  return color ? `\x1b[32m${full}\x1b[90m${rest}\x1b[0m` : full + '╌'.repeat(length - done);
}

const bold = (text: string): string => `\x1b[1m${text}\x1b[0m`;

function counter({ steps, stepsPerEpoch }: Progress): string {
  const total = String(stepsPerEpoch ?? '?');
  return `${String(steps).padStart(total.length)}/${total}`;
}

function duration(progress: Progress): string {
  const { steps, stepsPerEpoch, ended, startedAt, time } = progress;
  if (ended || stepsPerEpoch === null) return clock(time - startedAt);
  return steps === 0 ? '' : clock(millisecondsPerStep(progress) * (stepsPerEpoch - steps));
}

function perStep(progress: Progress): string {
  if (progress.steps === 0) return '';
  const milliseconds = millisecondsPerStep(progress);
  if (milliseconds >= 1000) return `${Math.round(milliseconds / 1000)}s/step`;
  return milliseconds >= 1 ? `${Math.round(milliseconds)}ms/step` : `${Math.round(milliseconds * 1000)}us/step`;
}

/** As in Keras: four decimals, or an exponent for small values. The rate is not a metric. */
function metricTexts({ logs }: Progress): string[] {
  return Object.entries(logs)
    .filter(([name]) => name !== 'learning_rate')
    .map(([name, value]) => {
      const spec = Math.abs(value) > 1e-3 || value === 0 ? '.4f' : '.4e';
      return `${name}: ${pythonFormat({ value, type: 'float' }, spec)}`;
    });
}
