import { describe, expect, it } from 'vitest';
import { RunLifetime } from '../../../pipelines/training/runLifetime.js';

describe('the lifetime of a run', () => {
  it('frees in reverse order, whatever fails, and the first failure counts', async () => {
    const freed: string[] = [];
    const lifetime = new RunLifetime();
    lifetime.onEnd(() => void freed.push('first'));
    lifetime.onEnd(() => Promise.reject(new Error('second')));
    lifetime.onEnd(async () => {
      freed.push('third');
      throw new Error('third');
    });
    await lifetime.end();
    expect(freed).toEqual(['third', 'first']);
    expect(lifetime.failure).toEqual({ error: new Error('third') });
  });

  it('goes on until it is stopped, aborted or has failed; a stopped run is not cut short', () => {
    const ends = [
      (lifetime: RunLifetime) => lifetime.stop('enough'),
      (lifetime: RunLifetime) => lifetime.abort(),
      (lifetime: RunLifetime) => lifetime.fail(new Error('problem')),
    ];
    const states = ends.map(end => {
      const lifetime = new RunLifetime();
      expect(lifetime.goesOn).toBe(true);
      end(lifetime);
      return [lifetime.goesOn, lifetime.isCutShort];
    });
    expect(states).toEqual([
      [false, false],
      [false, true],
      [false, true],
    ]);
  });
});
