import { describe, expect, it } from 'vitest';
import { lossByName } from '../../../../src/loss/lossByName.js';
import { savedLoss } from '../../../../src/loss/savedLoss.js';
import { meanMetric } from '../../../../src/metrics/meanMetric.js';
import { lossConfigOf, metricConfigsOf } from '../../../../src/saving/keras/lossConfigOf.js';

/** The message for an unknown name lists the known ones. */
function knownLosses(): string[] {
  try {
    lossByName('?');
  } catch (error) {
    return /Known: (.*)\.$/.exec((error as Error).message)?.[1].split(', ') ?? [];
  }
  return [];
}

describe('lossConfigOf', () => {
  it.each(knownLosses())('writes %s so that it is read back', name => {
    const loss = lossByName(name);
    const { name: again, config } = savedLoss(lossConfigOf(loss));
    expect({ name: again, config }).toEqual({ name, config: loss.config });
  });

  it('keeps what differs from the default', () => {
    const loss = lossByName('categorical_crossentropy', { labelSmoothing: 0.1, reduction: 'sum' });
    expect(lossConfigOf(loss)).toMatchObject({
      class_name: 'CategoricalCrossentropy',
      config: { label_smoothing: 0.1, reduction: 'sum' },
    });
  });

  it("leaves alone what is in Keras's words", () => {
    const huber = { module: 'keras.losses', class_name: 'Huber', config: { delta: 2 }, registered_name: null };
    for (const loss of ['mse', huber, null]) expect(lossConfigOf(loss)).toBe(loss);
    for (const losses of [{ output: 'mse', other: huber }, ['mse', null]]) expect(lossConfigOf(losses)).toEqual(losses);
  });

  it('refuses code, by its name', () => {
    function pinball() {}
    const own = { ...lossByName('mse'), name: 'my_own' };
    expect(() => lossConfigOf(pinball)).toThrow(/the loss 'pinball' is code/);
    expect(() => lossConfigOf(own)).toThrow(/the loss 'my_own' is code/);
    expect(() => lossConfigOf({ output: own })).toThrow(/the loss 'my_own' is code/);
    expect(() => metricConfigsOf(['mae', meanMetric('hits', 'max', y => y)])).toThrow(/the metric 'hits' is code/);
    expect(() => metricConfigsOf({ output: ['mae', pinball] })).toThrow(/the metric 'pinball' is code/);
    expect(() => metricConfigsOf([pinball])).toThrow(/the metric 'pinball' is code/);
    expect(metricConfigsOf(['mae'])).toEqual(['mae']);
  });
});
