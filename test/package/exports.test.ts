import { describe, expect, it } from 'vitest';

/** Public names are added by hand, here and in an index.ts; a type has no name at run time. */
const namesOf = async (entry: string): Promise<string[]> => Object.keys(await import(entry)).sort();

describe('the public names', () => {
  it.each([
    ['gradstream', '../../src/index.js'],
    ['gradstream/operators', '../../operators/index.js'],
    ['gradstream/pipelines', '../../pipelines/index.js'],
    ['gradstream/testing', '../../operators/testing/index.js'],
  ])('of %s are these', async (_, entry) => {
    expect(await namesOf(entry)).toMatchSnapshot();
  });
});
