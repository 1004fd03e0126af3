/**
 * The learning rate of an epoch (counted from 0) in Keras's CIFAR-10 ResNet example: 1e-3, and less after epochs 80,
 * 120, 160 and 180. A function of the epoch, to be handed to the `learningRateSchedule` policy.
 *
 * Source: `lr_schedule` in `examples/cifar10_resnet.py` of Keras 2.
 */
export function resnetSchedule(epoch: number): number {
  const factor = FACTORS.find(([after]) => epoch > after)?.[1] ?? 1;
  return 1e-3 * factor;
}

const FACTORS = [
  [180, 0.5e-3],
  [160, 1e-3],
  [120, 1e-2],
  [80, 1e-1],
] as const;
