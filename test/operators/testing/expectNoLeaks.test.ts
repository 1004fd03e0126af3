import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectNoLeaks } from '../../../operators/testing/expectNoLeaks.js';

describe('expectNoLeaks', () => {
  it('gives back what the action gave', async () => {
    expect(await expectNoLeaks(() => tf.tidy(() => tf.scalar(3).dataSync()[0]))).toBe(3);
  });

  it('names the counter that differs', async () => {
    let kept: tf.Tensor | undefined;
    const leaking = expectNoLeaks(async () => {
      kept = tf.scalar(1);
    });
    await expect(leaking).rejects.toThrow(/tensors: (\d+) before, (\d+) after/);
    kept?.dispose();
    let sessions = 2;
    const counters = { sessions: () => sessions, tensors: () => 0 };
    await expect(expectNoLeaks(() => void sessions--, counters)).rejects.toThrow('sessions: 2 before, 1 after.');
  });

  it('lets an error of the action be', async () => {
    await expect(expectNoLeaks(() => Promise.reject(new Error('own')))).rejects.toThrow('own');
  });
});
