import type { Directive } from '../event/directive.js';
import type { TrainEvent } from '../event/trainEvent.js';

/** What happened beside steps and epochs. */
export interface Note {
  readonly time: number;
  /** Counted from 0; null where it belongs to none. */
  readonly epoch: number | null;
  readonly kind: 'warning' | 'checkpoint' | 'directive' | 'end';
  /** Of notes about the same, the last one counts; null: each does. */
  readonly subject: string | null;
  readonly text: string;
}

/** Null where there is nothing to tell that curves and progress don't. */
export function noteOf(event: TrainEvent): Note | null {
  const { time } = event;
  switch (event.type) {
    case 'runStart': {
      const { resumedFrom } = event;
      if (resumedFrom === null) return null;
      const text = `Goes on after ${resumedFrom.iterations} steps.`;
      return { time, epoch: resumedFrom.epoch, kind: 'checkpoint', subject: null, text };
    }
    case 'checkpoint':
      return { time, epoch: event.epoch, kind: 'checkpoint', subject: null, text: `Saved ${event.file}` };
    case 'directive': {
      const { directive, epoch } = event;
      const text = textOf(directive);
      const subject = `${directive.type} by ${directive.by}`;
      return text === null ? null : { time, epoch, kind: 'directive', subject, text: `${directive.by}: ${text}` };
    }
    case 'warning':
      return { time, epoch: null, kind: 'warning', subject: null, text: event.message };
    case 'runEnd': {
      const { reason, fingerprint } = event;
      const text = `${reason === 'completed' ? 'Completed' : `Ended: ${reason}`}. Weights ${fingerprint}`;
      return { time, epoch: null, kind: 'end', subject: null, text };
    }
    default:
      return null;
  }
}

/** Saves are told once they are done; what is remembered shows where it is put back. */
function textOf(directive: Directive): string | null {
  switch (directive.type) {
    case 'setLearningRate':
      return `learning rate ${short(directive.value)}`;
    case 'scaleLearningRate':
      return `learning rate × ${short(directive.factor)}`;
    case 'restore':
      return `put back the weights '${directive.weights}'`;
    case 'useAverages':
      return 'validates with averaged weights';
    case 'stop':
      return `stop, ${directive.reason}`;
    default:
      return null;
  }
}

const short = (value: number): number => Number(value.toPrecision(4));
