import type { Directive } from '../event/directive.js';
import type { TrainEvent } from '../event/trainEvent.js';
import type { Json } from '../text/json.js';

/**
 * A controller's logic as a pure pair: `init` gives the state, `update` folds one event into it and says what to ask.
 * State is plain data: it stands in the checkpoint, so a resumed run decides as an unbroken one.
 */
export interface Policy<State extends Json = Json> {
  /** Unique in a run; names the state in the checkpoint and the asker of its directives. */
  readonly key: string;
  /** Whether it asks to save the model to files, for which `train` needs its option `saveModel`. Default: false. */
  readonly savesModel?: boolean;
  init(): State;
  /** Pure, except that it may throw: the run ends with that error (a monitor that can't exist, a non-finite loss). */
  update(state: State, event: TrainEvent): readonly [State, readonly Directive[]];
}
