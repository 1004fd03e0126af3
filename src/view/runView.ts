import { foldProgress, NO_PROGRESS, type Progress } from '../event/progress.js';
import type { EpochEnd, Logs, ResumePoint, RunEnd, RunStart, StepEvent, TrainEvent } from '../event/trainEvent.js';
import { type Note, noteOf } from './note.js';
import { Thinned } from './thinned.js';

/** A curve's point: where in the run, and the value. */
export type Point = readonly [x: number, y: number];

/** The curves of one metric. */
export interface Chart {
  /** Running means of the epoch, step by step. */
  readonly steps: Thinned<Point>;
  /** Of training. */
  readonly epochs: Thinned<Point>;
  readonly validation: Thinned<Point>;
}

const MOST_POINTS = 2000;
const MOST_NOTES = 200;
const VALIDATION = 'val_';

/** What is to be seen of a run, from its events: progress, curves, what happened. Uses nothing of Node's: a page has it. */
export class RunView {
  start: RunStart | null = null;
  end: RunEnd | null = null;
  progress: Progress = NO_PROGRESS;
  /** By the metric's name, without `val_`. */
  readonly charts = new Map<string, Chart>();
  /** The latest last. */
  notes: readonly Note[] = [];
  private x = 0;
  private isValidated = false;

  /** What the curves are drawn over: steps where it isn't known how many an epoch has. */
  get unit(): 'epochs' | 'steps' {
    return this.start?.stepsPerEpoch == null ? 'steps' : 'epochs';
  }

  add(event: TrainEvent): void {
    this.progress = foldProgress(this.progress, event);
    const note = noteOf(event);
    if (note !== null) this.notes = [...withoutSame(this.notes, note), note].slice(-MOST_NOTES);
    switch (event.type) {
      case 'runStart':
        this.start = event;
        if (event.resumedFrom !== null) this.x = this.place(event.resumedFrom);
        break;
      case 'step':
        this.x = this.place({ ...event, step: event.step + 1 });
        this.drawStep(curvesOf(event));
        break;
      case 'validation':
        this.isValidated = true;
        this.draw('validation', event.logs);
        break;
      case 'epochEnd': {
        this.x = this.place({ ...event, epoch: event.epoch + 1, step: 0 });
        const { learning_rate: _, ...logs } = curvesOf(event);
        const { training, validation } = apart(logs);
        this.draw('epochs', training);
        if (!this.isValidated) this.draw('validation', validation);
        this.isValidated = false;
        break;
      }
      case 'runEnd':
        this.end = event;
        break;
      default:
    }
  }

  /** Of a point after `step` steps of the epoch. */
  private place({ iterations, epoch, step }: Omit<ResumePoint, 'events'>): number {
    const steps = this.start?.stepsPerEpoch ?? null;
    return steps === null ? iterations : epoch + step / steps;
  }

  /** A rate is no mean of the epoch: what each step had is its curve. */
  private drawStep({ learning_rate, ...logs }: Logs): void {
    this.draw('steps', logs);
    if (learning_rate !== undefined) this.draw('epochs', { learning_rate });
  }

  private draw(curve: keyof Chart, logs: Logs): void {
    for (const [name, value] of Object.entries(logs)) {
      this.chart(name.startsWith(VALIDATION) ? name.slice(VALIDATION.length) : name)[curve].add([this.x, value]);
    }
  }

  private chart(name: string): Chart {
    const found = this.charts.get(name);
    if (found !== undefined) return found;
    const made = { steps: curve(), epochs: curve(), validation: curve() };
    this.charts.set(name, made);
    return made;
  }
}

const curve = () => new Thinned<Point>(MOST_POINTS);

/** Of what filter pictures log, number, scale and size of a filter are no curves. */
function curvesOf({ logs, ...event }: StepEvent | EpochEnd): Logs {
  return 'filter' in event || 'filters' in event ? { loss: logs.loss } : logs;
}

function apart(logs: Logs): { readonly training: Logs; readonly validation: Logs } {
  const all = Object.entries(logs);
  const isValidation = ([name]: [string, number]) => name.startsWith(VALIDATION);
  return {
    training: Object.fromEntries(all.filter(entry => !isValidation(entry))),
    validation: Object.fromEntries(all.filter(isValidation)),
  };
}

/** A controller that sets the rate at each step shows the last one of the epoch. */
function withoutSame(notes: readonly Note[], { epoch, subject }: Note): readonly Note[] {
  const last = notes.at(-1);
  return subject !== null && last?.epoch === epoch && last.subject === subject ? notes.slice(0, -1) : notes;
}
