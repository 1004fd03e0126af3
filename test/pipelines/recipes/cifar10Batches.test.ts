import { expect, it, vi } from 'vitest';
import { cifar10Batches } from '../../../pipelines/recipes/cifar10Batches.js';

it('says that workers have nothing to do where no picture is changed', () => {
  const note = vi.fn();
  cifar10Batches(8, { augment: true, workers: 1 }, { note });
  cifar10Batches(8, {}, { note });
  expect(note).not.toHaveBeenCalled();
  cifar10Batches(8, { workers: 1 }, { note });
  expect(note).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('--augment'));
});
