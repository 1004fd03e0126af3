import { describe, expect, it } from 'vitest';
import { mnist } from '../../../src/data/mnist.js';
import { checkNames } from '../../../src/error/checkNames.js';
import { UnknownNameError } from '../../../src/error/unknownNameError.js';

describe('checkNames', () => {
  it('names the first that is unknown, and the nearest', () => {
    expect(() => checkNames('letter', ['a', 'c', 'd'], ['a', 'b'])).toThrow(/Unknown letter 'c'.*Known: a, b/);
    expect(() => checkNames('letter', ['a'], ['a', 'b'])).not.toThrow();
  });

  it('takes undefined and null, from JavaScript, for no names', async () => {
    for (const name of [undefined, null]) {
      expect(() => checkNames('letter', [name as never], ['a'])).toThrow(UnknownNameError);
    }
    await expect(mnist(undefined as never)).rejects.toThrow(/split of .*'undefined'/);
  });
});
