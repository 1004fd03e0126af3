import { setTimeout as wait } from 'node:timers/promises';
import { map, NEVER } from 'rxjs';
import { expect, it } from 'vitest';
import { sampleOf } from '../../operators/testing/samples.js';
import { consume } from '../../pipelines/consume.js';

it('fails when the item in work is done and the source is closed, not before', async () => {
  const log: string[] = [];
  async function* source() {
    try {
      for (let position = 0; ; position++) yield sampleOf({ position });
    } finally {
      await wait(10);
      log.push('source closed');
    }
  }
  const through = map(({ position }: { position: number }) => {
    if (position === 1) throw new Error('damaged');
    return position;
  });
  const work = async () => {
    await wait(20);
    log.push('work done');
  };
  const consumed = consume({ source: source(), through, work, ahead: 2, halted: NEVER });
  await expect(consumed.finally(() => log.push('failed'))).rejects.toThrow('damaged');
  expect(log.toSorted()).toEqual(['failed', 'source closed', 'work done']);
  expect(log.at(-1)).toBe('failed');
});
