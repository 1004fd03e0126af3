import { describe, expect, it } from 'vitest';

/** A change of the snapshot is a change of the public names, to be read in a diff; a type has no name at run time. */
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
