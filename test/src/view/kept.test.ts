import { describe, expect, it } from 'vitest';
import { epochEnd, runStart, stepEvent } from '../../../operators/testing/events.js';
import { KeptEvents } from '../../../src/view/keptEvents.js';
import { KeptPictures } from '../../../src/view/keptPictures.js';

describe('KeptEvents', () => {
  it('keeps a bounded number of each type, in the order in which they came', () => {
    const kept = new KeptEvents(4);
    kept.add(runStart());
    for (let epoch = 0; epoch < 3; epoch++) {
      for (let step = 0; step < 100; step++) kept.add(stepEvent({ epoch, step, iterations: 100 * epoch + step + 1 }));
      kept.add(epochEnd({ epoch, iterations: 100 * (epoch + 1) }));
    }
    const events = kept.events();
    expect(events.filter(({ type }) => type === 'step').length).toBeLessThanOrEqual(5);
    expect(events.filter(({ type }) => type === 'epochEnd')).toHaveLength(3);
    const iterations = events.map(event => ('iterations' in event ? event.iterations : 0));
    expect(iterations).toEqual(iterations.toSorted((a, b) => a - b));
    expect(iterations.slice(-2)).toEqual([300, 300]);
  });

  it('forgets the run before', () => {
    const kept = new KeptEvents(4);
    for (const event of [runStart({ seed: 1 }), stepEvent(), runStart({ seed: 2 })]) kept.add(event);
    expect(kept.events()).toEqual([runStart({ seed: 2 })]);
  });
});

describe('KeptPictures', () => {
  const pictureOf = (bytes: number) => ({ data: new Uint8Array(bytes), rows: 1, columns: bytes, channels: 1 });
  const names = (limit: number, ...sizes: number[]) => {
    const kept = new KeptPictures(limit);
    sizes.forEach((size, i) => {
      kept.add({ name: `${i}`, picture: pictureOf(size) });
    });
    return kept.all().map(({ name }) => name);
  };

  it.each([
    [10, [5, 5], ['0', '1']],
    [10, [5, 5, 1], ['1', '2']],
    [10, [5, 5, 10], ['2']],
    [10, [5, 11], ['1']],
  ])('of %i bytes at most keeps of pictures with %j the latest', (limit, sizes, expected) => {
    expect(names(limit, ...sizes)).toEqual(expected);
  });

  it('has room again when it is cleared', () => {
    const kept = new KeptPictures(10);
    kept.add({ name: 'a', picture: pictureOf(10) });
    kept.clear();
    expect(kept.all()).toEqual([]);
    for (const name of ['b', 'c']) kept.add({ name, picture: pictureOf(5) });
    expect(kept.all()).toHaveLength(2);
  });
});
