import { describe, expect, it } from 'vitest';
import type { SaveFile } from '../../../src/event/directive.js';
import type { TrainEvent } from '../../../src/event/trainEvent.js';
import { type CheckpointOptions, checkpoint } from '../../../src/policy/checkpoint.js';
import { decisions } from './decisions.js';
import { runEvents, runStart } from './runEvents.js';

/** What is saved, and behind an arrow what it replaces. */
function saves(file: string, options: CheckpointOptions, events: readonly TrainEvent[]): string[] {
  return decisions(checkpoint(file, options), events)
    .flat()
    .map(directive => directive as SaveFile)
    .map(({ file, replaces = [] }) => [file, ...replaces.map(name => `-${name}`)].join(' '));
}

describe('checkpoint', () => {
  it('keeps the best files with topK, writes none that would go at once, and lets the older of equals stay', () => {
    const events = runEvents([5, 3, 4, 9, 3, 1, Number.NaN]);
    expect(saves('{epoch}.h5', { topK: 2 }, events)).toEqual([
      '1.h5',
      '2.h5',
      '3.h5 -1.h5',
      '5.h5 -3.h5',
      '6.h5 -5.h5',
    ]);
  });

  it('keeps the newest files with last', () => {
    expect(saves('{epoch}.h5', { last: 2 }, runEvents([1, 2, 3, 4]))).toEqual([
      '1.h5',
      '2.h5',
      '3.h5 -1.h5',
      '4.h5 -2.h5',
    ]);
  });

  it('keeps what is among the best or the newest with both', () => {
    expect(saves('{epoch}.h5', { topK: 1, last: 1 }, runEvents([1, 2, 3, 0, 5]))).toEqual([
      '1.h5',
      '2.h5',
      '3.h5 -2.h5',
      '4.h5 -1.h5 -3.h5',
      '5.h5',
    ]);
  });

  it('never replaces the file that it writes', () => {
    expect(saves('same.h5', { topK: 1, last: 1 }, runEvents([3, 2, 1, 5]))).toEqual(Array(4).fill('same.h5'));
  });

  it('counts steps across epochs', () => {
    expect(saves('{epoch}-{batch}.h5', { saveFreq: 3 }, runEvents([1, 1, 1, 1]))).toEqual(['2-1.h5', '3-2.h5']);
  });

  it('saves between epochs after everyMs without a save', () => {
    // Events are a second apart: steps at 2, 3, 7, 8, 12, 13 s, epochs' ends at 5, 10, 15 s.
    expect(saves('{epoch}-{loss}.h5', { everyMs: 3000 }, runEvents([1, 2, 3]))).toEqual([
      '1-1.0.h5',
      '1-1.0.h5',
      '2-2.0.h5',
      '2-2.0.h5',
      '3-3.0.h5',
      '3-3.0.h5',
    ]);
    expect(saves('{epoch}.h5', { everyMs: 100_000 }, runEvents([1, 2, 3]))).toEqual(['1.h5', '2.h5', '3.h5']);
  });

  it("asks at the run's start for the save when it fails", () => {
    const [first] = decisions(checkpoint('m.weights.h5', { saveWeightsOnly: true, onException: 'crash.weights.h5' }), [
      runStart,
    ]);
    expect(first).toEqual([
      {
        type: 'saveCheckpoint',
        by: 'checkpoint(m.weights.h5)',
        file: 'crash.weights.h5',
        weightsOnly: true,
        when: 'exception',
      },
    ]);
  });

  it('passes over an epoch without the metric', () => {
    const [start, ...events] = runEvents([3, 2]);
    const bare = events.map(event =>
      event.type === 'epochEnd' && event.epoch === 0 ? { ...event, logs: { loss: 1 } } : event,
    );
    expect(saves('{epoch}.h5', { saveBestOnly: true }, [start, ...bare])).toEqual(['2.h5']);
  });

  it.each([
    ['{val_auc:.2f}.h5', {}, /unknown field \{val_auc\}.*epoch, loss/],
    ['{batch}.h5', {}, /unknown field \{batch\}/],
    ['{val_loss}.h5', { saveFreq: 5 }, /unknown field \{val_loss\}.*epoch, batch, loss, accuracy, learning_rate/],
  ] as const)("refuses %s at the run's start where the field cannot exist", (file, options, message) => {
    expect(() => saves(file, options, [runStart])).toThrow(message);
  });

  it.each(['{val_acc:.1f}.h5', '{val_accuracy:.1f}.h5'])('fills %s from either name of the metric', file => {
    expect(saves(file, {}, runEvents([0.5]))).toEqual(['0.5.h5']);
  });

  it('fills fields whose names are no identifiers', () => {
    const [start, ...events] = runEvents([0.5]);
    const logs = { 'val_top-5': 0.25, 'my metric': 0.75 };
    const named = events.map(event => (event.type === 'epochEnd' ? { ...event, logs } : event));
    const metrics = Object.keys(logs);
    expect(saves('{val_top-5:.3f}-{my metric}.h5', {}, [{ ...start, metrics } as TrainEvent, ...named])).toEqual([
      '0.250-0.75.h5',
    ]);
  });

  it('converts fields to text as Python', () => {
    expect(saves('{epoch!s:>4}-{loss!r}-{val_loss!a:.3}.h5', {}, runEvents([0.125]))).toEqual(['   1-0.125-0.1.h5']);
  });

  it.each(['{0}', '{}', '{loss!x}', '{loss!}', '{loss!ss}', '{val.loss}', '{loss[0]}', '{a:{b}}', '}'])(
    'refuses %s, which is no field of a name',
    field => {
      expect(() => checkpoint(`${field}.h5`)).toThrow(/brace that begins or ends no field/);
    },
  );

  describe('for Keras 3.15', () => {
    const compat = 'keras-3.15';
    /** Three epochs, of which the first has no `val_` names. */
    const events = runEvents([3, 2, 4]).map(event =>
      event.type === 'epochEnd' && event.epoch === 0 ? { ...event, logs: { loss: 3, accuracy: 3 } } : event,
    );

    it('saves the best, and whatever has no value to compare', () => {
      const options = { saveBestOnly: true, compat } as const;
      expect(saves('{epoch}.h5', options, events)).toEqual(['1.h5', '2.h5']);
      expect(saves('{epoch}.h5', { ...options, monitor: 'never_loss' }, events)).toEqual(['1.h5', '2.h5', '3.h5']);
      expect(saves('{epoch}-{batch}.h5', { ...options, saveFreq: 2 }, events)).toEqual(['1-2.h5', '2-2.h5', '3-2.h5']);
    });

    it('finds an unknown field when the name is made, not before', () => {
      expect(() => saves('{val_loss}.h5', { compat }, events)).toThrow(
        /unknown field \{val_loss\}.*epoch, loss, accuracy/,
      );
      expect(() => saves('{x}.h5', { compat, saveBestOnly: true, initialValueThreshold: -1 }, runEvents([1]))).toThrow(
        /unknown field \{x\}/,
      );
      expect(saves('{val_loss}.h5', { compat, saveFreq: 100 }, events)).toEqual([]);
    });

    it('takes acc and accuracy for two names', () => {
      expect(() => saves('{val_acc:.2f}.h5', { compat }, runEvents([1]))).toThrow(/unknown field \{val_acc\}/);
      const options = { compat, saveBestOnly: true, monitor: 'val_acc' } as const;
      expect(saves('{epoch}.h5', options, runEvents([2, 1]))).toEqual(['1.h5', '2.h5']);
    });

    it('refuses other versions', () => {
      expect(() => checkpoint('a.h5', { compat: 'keras-3.16' as 'keras-3.15' })).toThrow("Did you mean 'keras-3.15'?");
    });
  });

  it('formats fields as Python, and braces that are doubled', () => {
    expect(saves('{{a}}-{epoch:03d}-{val_loss:.2f}-{loss}.h5', {}, runEvents([0.125]))).toEqual([
      '{a}-001-0.12-0.125.h5',
    ]);
  });
});
