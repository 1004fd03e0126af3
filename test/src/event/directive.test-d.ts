import { describe, expectTypeOf, it } from 'vitest';
import type { Directive, SaveFile, SaveSnapshot } from '../../../src/event/directive.js';

describe('saveCheckpoint', () => {
  it('asks for a file, now or on failure, or for a snapshot', () => {
    expectTypeOf({ type: 'saveCheckpoint', by: 'a', file: 'a.h5', when: 'exception' } as const).toExtend<SaveFile>();
    expectTypeOf({ type: 'saveCheckpoint', by: 'a' } as const).toExtend<SaveSnapshot>();
  });

  it('on failure names a file', () => {
    // @ts-expect-error a snapshot can't be asked for on failure
    const directive: Directive = { type: 'saveCheckpoint', by: 'a', when: 'exception' };
    expectTypeOf(directive).toExtend<Directive>();
  });
});
