import { rm } from 'node:fs/promises';
import type { RunState, Snapshot } from '../../src/checkpoint/snapshot.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { UnknownNameError } from '../../src/error/unknownNameError.js';
import type {
  Directive,
  SaveCheckpoint,
  SaveFile,
  SaveSnapshot,
  ScaleLearningRate,
  SetLearningRate,
  Stop,
  UseAverages,
} from '../../src/event/directive.js';
import { DIRECTIVES } from '../../src/event/orderDirectives.js';
import type { Learner } from '../../src/learner/learner.js';
import type { TrainOptions } from '../train.js';
import type { RunEvents } from './runEvents.js';
import type { RunLifetime } from './runLifetime.js';
import type { RunProgress } from './runProgress.js';
import type { RunRate } from './runRate.js';
import type { RunSnapshots } from './runSnapshots.js';
import type { SaveFailures } from './saveFailures.js';

interface DirectivesParts {
  readonly learner: Learner;
  readonly progress: RunProgress;
  readonly rate: RunRate;
  /** Undefined where the run has no store. */
  readonly snapshots: RunSnapshots | undefined;
  readonly saveFailures: SaveFailures;
  readonly saveModel: TrainOptions['saveModel'];
  readonly events: RunEvents;
  readonly lifetime: RunLifetime;
}

/** Where a directive was asked for. */
interface Place {
  readonly epoch: number;
  readonly isEpochEnd: boolean;
}

/** Carries out what the controllers of one run ask, and keeps what they asked to keep. */
export class RunDirectives {
  /** Weights, by the names that controllers gave them. */
  remembered: Snapshot['remembered'];
  /** To be saved should the run fail. */
  onException: readonly SaveFile[];
  /** The first reason that a controller gave to stop: a resumed run is stopped by it, too. */
  decided: string | null = null;
  /** Where validation, and with `checkpoints` what an epoch's end saves and remembers too, see the moving averages of the weights. */
  averages: RunState['averages'];

  /** `snapshot`: from which the run goes on. */
  constructor(
    private readonly parts: DirectivesParts,
    snapshot: Snapshot | undefined,
  ) {
    this.remembered = snapshot?.remembered ?? {};
    this.onException = snapshot?.run.onException ?? [];
    this.averages = snapshot?.run.averages ?? null;
  }

  /** Carries one out; the event that tells of it comes after. */
  async carryOut(directive: Directive, { epoch, isEpochEnd }: Place): Promise<void> {
    switch (directive.type) {
      case 'saveCheckpoint':
        await this.save(directive, isEpochEnd);
        break;
      case 'remember': {
        const { weights } = await this.seeingWhatCounts(isEpochEnd, () => this.parts.learner.state());
        this.remembered = { ...this.remembered, [directive.weights]: weights };
        break;
      }
      case 'restore':
        await this.restoreRemembered(directive);
        break;
      case 'setLearningRate':
      case 'scaleLearningRate':
        this.directRate(directive);
        break;
      case 'useAverages':
        this.useAverages(directive);
        break;
      case 'stop':
        this.decide(reasonOf(directive));
        break;
      default:
        refuse(directive);
    }
    const { iterations } = this.parts.progress;
    this.parts.events.tell({ type: 'directive', time: Date.now(), epoch, iterations, directive });
  }

  /** Drops what was kept for controllers that are no longer there. */
  forget(gone: readonly string[]): void {
    this.onException = this.onException.filter(({ by }) => !gone.includes(by));
    if (this.averages?.by !== undefined && gone.includes(this.averages.by)) this.averages = null;
  }

  /** A controller stops the run. */
  decide(reason: string): void {
    this.decided ??= reason;
    this.parts.lifetime.stop(reason);
  }

  private async restoreRemembered({ weights: name, by }: Extract<Directive, { type: 'restore' }>): Promise<void> {
    const weights = this.remembered[name];
    if (weights === undefined) {
      throw new InvalidArgumentError(
        `'${by}' asks to restore the weights '${name}', but the run remembers ` +
          `${Object.keys(this.remembered).join(', ') || 'none'}. Ask to 'remember' them before.`,
      );
    }
    await this.parts.learner.restore({ weights, slots: [] });
  }

  private useAverages({ by, checkpoints }: UseAverages): void {
    if (this.parts.learner.withAverages === undefined) {
      throw new InvalidArgumentError(
        `'${by}' asks for averages of the weights, which this learner lacks. Leave swapEma() out.`,
      );
    }
    this.averages = { checkpoints, by };
  }

  /** Lets `work` see the moving averages where a controller asked for them. */
  async seeingAverages<T>(work: () => Promise<T>): Promise<T> {
    const { learner } = this.parts;
    return this.averages === null || learner.withAverages === undefined ? work() : learner.withAverages(work);
  }

  /** Averages take the weights' place at an epoch's end alone, as in Keras: a file of a step is one to train on from. */
  private async seeingWhatCounts<T>(isEpochEnd: boolean, work: () => Promise<T>): Promise<T> {
    return isEpochEnd && this.averages?.checkpoints ? this.seeingAverages(work) : work();
  }

  private directRate(directive: SetLearningRate | ScaleLearningRate): void {
    const [what, value] =
      directive.type === 'setLearningRate'
        ? ['learning rate', directive.value]
        : ['factor of the rate', directive.factor];
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new InvalidArgumentError(`'${directive.by}' asks for the ${what} ${value}; it must be a number from 0 on.`);
    }
    const collision = this.parts.rate.direct(directive);
    if (collision !== undefined) this.parts.events.warn(collision);
  }

  private async save(directive: SaveCheckpoint, isEpochEnd: boolean): Promise<void> {
    if (directive.file === undefined) return this.askForSnapshot(directive);
    const { file, by, when, replaces = [] } = directive;
    if (this.parts.saveModel === undefined) {
      throw new InvalidArgumentError(`'${by}' asks to save the model to ${file}. Give train() the option 'saveModel'.`);
    }
    if (when === 'exception') {
      this.onException = [...this.onException, directive];
      return;
    }
    try {
      await this.seeingWhatCounts(isEpochEnd, () => this.saveFile(directive));
      for (const replaced of replaces) await rm(replaced, { force: true });
    } catch (error) {
      this.parts.saveFailures.note(error);
    }
  }

  private askForSnapshot({ by }: SaveSnapshot): void {
    const { snapshots } = this.parts;
    if (snapshots === undefined) {
      throw new InvalidArgumentError(`'${by}' asks for a snapshot, but there is no store. Give train() 'snapshots'.`);
    }
    snapshots.ask();
  }

  private async saveFile({ file, weightsOnly = false }: SaveFile): Promise<void> {
    const { epoch, iterations } = this.parts.progress;
    await this.parts.saveModel?.(file, this.parts.learner, { weightsOnly, iterations });
    this.parts.events.tell({ type: 'checkpoint', time: Date.now(), epoch, iterations, file });
  }

  /** Saves what is to be saved when the run fails. The error that ended the run counts; that of saving is but a warning. */
  async saveOnException(): Promise<void> {
    for (const directive of this.onException) {
      try {
        await this.saveFile(directive);
      } catch (error) {
        this.parts.saveFailures.warn(error);
      }
    }
  }
}

/** Without a reason, from JavaScript, the run would go on. */
function reasonOf({ by, reason }: Stop): string {
  if (typeof reason === 'string') return reason;
  throw new InvalidArgumentError(`'${by}' asks to stop, but its reason is no text, got ${reason}. Say why.`);
}

/** From JavaScript. */
function refuse(directive: never): never {
  const { by, type } = directive as { readonly by?: unknown; readonly type?: unknown };
  throw new UnknownNameError(`directive of '${by}'`, `${type}`, DIRECTIVES);
}
