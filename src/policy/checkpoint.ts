import { checkCount } from '../error/checkCount.js';
import { checkOptions } from '../error/checkOptions.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Directive } from '../event/directive.js';
import type { EpochEnd, StepEvent } from '../event/trainEvent.js';
import { isKerasCompat } from '../text/isKerasCompat.js';
import type { PythonNumber } from '../text/pythonFormat.js';
import { fileTemplate } from './fileTemplate.js';
import { type KeptFile, keepFiles } from './keepFiles.js';
import { type MonitorOptions, monitorOf, otherName } from './monitor.js';
import type { Policy } from './policy.js';

export interface CheckpointOptions {
  /** Default: `val_loss`. Looked at only with `saveBestOnly` or `topK`. */
  readonly monitor?: string;
  /** Default: `auto`. */
  readonly mode?: MonitorOptions['mode'];
  /** Saves only when the metric is better than ever before. Default: false. */
  readonly saveBestOnly?: boolean;
  /** Default: false: the whole model. */
  readonly saveWeightsOnly?: boolean;
  /** `epoch` (default), or every so many steps, counted across epochs. */
  readonly saveFreq?: 'epoch' | number;
  /** Also saves at the first step after so many milliseconds without a save. Default: never. */
  readonly everyMs?: number;
  /** With `saveBestOnly`: only what is better than this is saved. Default: none. */
  readonly initialValueThreshold?: number;
  /** Keeps the files of the best so many values of the metric. */
  readonly topK?: number;
  /** Keeps the newest so many files. */
  readonly last?: number;
  /** Name of a file to save to when the run fails. Default: none. */
  readonly onException?: string;
  /** Default: `checkpoint(<file>)`. */
  readonly key?: string;
  /**
   * `keras-3.15` does what that version does: without the monitored metric `saveBestOnly` saves each time, a field that can't exist
   * is an error when a file is named and not before, and `acc` and `accuracy` are two names.
   */
  readonly compat?: 'keras-3.15';
}

const OPTIONS: Readonly<Record<keyof CheckpointOptions, true>> = {
  monitor: true,
  mode: true,
  saveBestOnly: true,
  saveWeightsOnly: true,
  saveFreq: true,
  everyMs: true,
  initialValueThreshold: true,
  topK: true,
  last: true,
  onException: true,
  key: true,
  compat: true,
};

type CheckpointState = {
  readonly best: number | null;
  /** Steps since the last save by `saveFreq`. */
  readonly steps: number;
  /** When it was last saved, or the run began. */
  readonly savedAt: number | null;
  /** Files that stand now, oldest first; only with `topK` or `last`. */
  readonly kept: readonly KeptFile[];
};

/**
 * Saves the model to files. The name may have fields `{epoch}` and, for a save after a step, `{batch}`, both counted
 * from 1, and every name in the logs, each with a format specification of Python's: `w-{epoch:02d}-{val_loss:.2f}.h5`.
 *
 * With `topK` or `last`, a file is removed once it is neither among the best nor among the newest; with `topK` alone, a
 * file that would be removed at once is not written. An epoch or step without the monitored metric is passed over.
 *
 * How a file is written is said to `train`, which knows neither model nor optimizer:
 *
 * ```ts
 * train({
 *   …,
 *   controllers: [checkpoint('best.keras', { saveBestOnly: true })],
 *   saveModel: async (file, learner, { iterations }) =>
 *     saveModel(model, file, {
 *       learnerState: await learner.state(),
 *       iterations,
 *       optimizer: optimizerConfigOf(optimizer, iterations),
 *       loss,
 *     }),
 * });
 * ```
 *
 * @param file ends in `.h5` or `.keras`; with `saveWeightsOnly` in `.weights.h5`
 * @throws UnknownNameError for an option that there isn't; InvalidArgumentError where one can't be meant; in a run, where a field or the metric can't exist when it
 *   is saved
 *
 * Source: `ModelCheckpoint` of Keras 3.
 */
export function checkpoint(file: string, options: CheckpointOptions = {}): Policy<CheckpointState> {
  const { saveBestOnly = false, saveWeightsOnly = false, saveFreq = 'epoch', everyMs, onException } = options;
  const { monitor: metric = 'val_loss', mode = 'auto', initialValueThreshold = null, topK, last } = options;
  const who = 'checkpoint';
  checkOptions(who, options, OPTIONS);
  const asKeras = isKerasCompat(options.compat);
  checkValues(who, options);
  for (const name of onException === undefined ? [file] : [file, onException]) checkSuffix(who, name, saveWeightsOnly);
  const template = fileTemplate(who, file);
  const key = options.key ?? `${who}(${file})`;
  const monitor = saveBestOnly || topK !== undefined ? monitorOf(who, { monitor: metric, mode }) : null;
  const weightsOnly = saveWeightsOnly ? { weightsOnly: true } : {};

  /** Raises where a field or the metric can't exist when a save is due. */
  function requireFieldsAndMetric(metrics: readonly string[]): void {
    if (saveFreq === 'epoch') requireAt(['epoch'], metrics);
    if (saveFreq !== 'epoch' || everyMs !== undefined) {
      const ofSteps = metrics.filter(name => !name.startsWith('val_'));
      requireAt(['epoch', 'batch'], ofSteps);
    }
  }

  function requireAt(counters: readonly string[], metrics: readonly string[]): void {
    const names = [...counters, ...metrics];
    const unknown = template.fields.find(field => !names.includes(field) && !names.includes(otherName(field)));
    if (unknown !== undefined) {
      throw new InvalidArgumentError(
        `${who}: '${file}' has the unknown field {${unknown}}; when it is saved there are ${names.join(', ')}.`,
      );
    }
    monitor?.requireIn(metrics);
  }

  /** Without the metric's value, only the newest files can be kept. */
  function isWanted(value: number | undefined, best: number | null): boolean {
    if (monitor === null) return true;
    if (value === undefined) return saveBestOnly ? asKeras : last !== undefined;
    return !saveBestOnly || monitor.improves(value, best);
  }

  /** Decides on a save that is due. */
  function save(state: CheckpointState, event: StepEvent | EpochEnd): readonly [CheckpointState, readonly Directive[]] {
    const value = asKeras && monitor !== null ? event.logs[metric] : monitor?.read(event.logs);
    const wanted = isWanted(value, state.best);
    // Keras names a file before it decides, so that an unknown field is an error in any case.
    const name = wanted || asKeras ? template.format(fieldsOf(event, !asKeras)) : '';
    if (!wanted) return [state, []];
    const directive = { type: 'saveCheckpoint', by: key, file: name, ...weightsOnly } as const;
    const saved = { ...state, savedAt: event.time, best: saveBestOnly && value !== undefined ? value : state.best };
    if (topK === undefined && last === undefined) return [saved, [directive]];

    const better = (a: number, b: number): boolean => monitor?.improves(a, b) ?? false;
    const { kept, removed } = keepFiles(state.kept, { file: name, value: value ?? null }, { topK, last, better });
    if (removed.includes(name)) return [state, []];
    return [{ ...saved, kept }, [removed.length === 0 ? directive : { ...directive, replaces: removed }]];
  }

  function atStep(state: CheckpointState, event: StepEvent): readonly [CheckpointState, readonly Directive[]] {
    const steps = state.steps + 1;
    const due = saveFreq !== 'epoch' && steps >= saveFreq;
    const late = everyMs !== undefined && state.savedAt !== null && event.time - state.savedAt >= everyMs;
    const counted = { ...state, steps: due ? 0 : steps };
    return due || late ? save(counted, event) : [counted, []];
  }

  return {
    key,
    savesModel: true,
    init: () => ({ best: initialValueThreshold, steps: 0, savedAt: null, kept: [] }),
    update(state, event) {
      switch (event.type) {
        case 'runStart':
          if (!asKeras) requireFieldsAndMetric(event.metrics);
          return [{ ...state, savedAt: event.time }, armed()];
        case 'step':
          return atStep(state, event);
        case 'epochEnd':
          return saveFreq === 'epoch' ? save(state, event) : [state, []];
        default:
          return [state, []];
      }
    },
  };

  function armed(): readonly Directive[] {
    if (onException === undefined) return [];
    return [{ type: 'saveCheckpoint', by: key, file: onException, ...weightsOnly, when: 'exception' }];
  }
}

/** The values of the template's fields at an event, with `alias` the accuracy's under both of its names. */
function fieldsOf(event: StepEvent | EpochEnd, alias: boolean): ReadonlyMap<string, PythonNumber> {
  const fields = new Map<string, PythonNumber>([['epoch', { value: event.epoch + 1, type: 'int' }]]);
  if (event.type === 'step') fields.set('batch', { value: event.step + 1, type: 'int' });
  for (const [name, value] of Object.entries(event.logs)) {
    for (const known of alias ? [otherName(name), name] : [name]) fields.set(known, { value, type: 'float' });
  }
  return fields;
}

function checkValues(who: string, options: CheckpointOptions): void {
  const { saveFreq = 'epoch', topK = 1, last = 1, everyMs = 1, initialValueThreshold = 0 } = options;
  if (saveFreq !== 'epoch' && typeof saveFreq !== 'number') {
    throw new InvalidArgumentError(`${who}: saveFreq must be 'epoch' or a number of steps, got '${saveFreq}'.`);
  }
  checkCount(who, saveFreq === 'epoch' ? { topK, last } : { saveFreq, topK, last }, 1);
  if (!(everyMs > 0)) throw new InvalidArgumentError(`${who}: everyMs must be above 0, got ${everyMs}.`);
  if (Number.isNaN(initialValueThreshold)) {
    throw new InvalidArgumentError(`${who}: initialValueThreshold is NaN, which nothing can be better than.`);
  }
}

function checkSuffix(who: string, file: string, weightsOnly: boolean): void {
  const suffixes = weightsOnly ? ['.weights.h5'] : ['.keras', '.h5'];
  if (suffixes.some(suffix => file.endsWith(suffix))) return;
  throw new InvalidArgumentError(
    `${who}: ${weightsOnly ? 'with saveWeightsOnly ' : ''}a file's name must end in ${suffixes.join(' or ')}, got '${file}'.`,
  );
}
