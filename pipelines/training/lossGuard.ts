import { NonFiniteLossError } from '../../src/error/nonFiniteLossError.js';
import type { Directive } from '../../src/event/directive.js';
import type { StepEvent } from '../../src/event/trainEvent.js';
import type { Learner, NamedArray } from '../../src/learner/learner.js';

/** Ends a run at a loss that isn't finite, with weights from before it, unless a controller deals with it. */
export class LossGuard {
  /** Of the running epoch's beginning, or of the snapshot. */
  private goodWeights: readonly NamedArray[] | undefined;
  /** Of the running call. */
  private refused: RefusedStep | undefined;

  constructor(
    private readonly learner: Learner,
    private readonly isOn: boolean,
    snapshot: readonly NamedArray[] | undefined,
  ) {
    if (isOn) this.goodWeights = snapshot;
  }

  /** The weights that it goes back to. */
  async remember(): Promise<void> {
    if (this.isOn) this.goodWeights = (await this.learner.state()).weights;
  }

  /** Takes note of a step, and of what controllers ask after it. */
  note({ epoch, step }: StepEvent, loss: number, asked: readonly Directive[]): void {
    if (!this.isOn) return;
    if (!Number.isFinite(loss)) this.refused ??= { epoch, step, loss, isDealtWith: false };
    if (this.refused !== undefined) this.refused.isDealtWith ||= asked.some(({ type }) => type === 'stop');
  }

  /** @throws NonFiniteLossError where a step of the call had such a loss and no controller has stopped the run */
  async refuse(): Promise<void> {
    const { refused, goodWeights } = this;
    this.refused = undefined;
    if (refused === undefined || refused.isDealtWith || goodWeights === undefined) return;
    await this.learner.restore({ weights: goodWeights, slots: [] });
    throw new NonFiniteLossError(refused.epoch, refused.step, refused.loss);
  }
}

/** The first step of a call whose loss isn't finite. */
interface RefusedStep {
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  /** A controller answered with a stop. */
  isDealtWith: boolean;
}
