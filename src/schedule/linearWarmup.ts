import { checkNotNegative, checkPositive } from './check.js';
import { constant } from './constant.js';
import { type Schedule, schedule } from './schedule.js';

export interface LinearWarmupOptions {
  /** Steps until the other schedule has taken over. */
  readonly steps: number;
  /** What follows: a schedule, whose step 0 is the end of the warm-up, or a rate that stays. */
  readonly to: Schedule | number;
  /** Rate at step 0. Default: 0. */
  readonly from?: number;
}

/**
 * A straight line from `from` to the first rate of `to` over so many steps, then `to`.
 *
 * Source: Goyal et al. 2017, https://arxiv.org/abs/1706.02677.
 */
export function linearWarmup({ steps, to, from = 0 }: LinearWarmupOptions): Schedule {
  checkNotNegative('linearWarmup', { from });
  checkPositive('linearWarmup', { steps });
  const after = typeof to === 'number' ? constant(to) : to;
  const peak = after(0);
  return schedule(step => (step < steps ? from + (peak - from) * (step / steps) : after(step - steps)), {
    name: 'linearWarmup',
    steps,
    from,
    to: after.config,
  });
}
