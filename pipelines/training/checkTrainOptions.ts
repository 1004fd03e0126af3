import { checkCount } from '../../src/error/checkCount.js';
import { checkOptions } from '../../src/error/checkOptions.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import type { Policy } from '../../src/policy/policy.js';
import { requireParts } from '../requireParts.js';
import type { TrainingData, TrainOptions, ValidationOptions } from '../train.js';
import type { Controller } from './controllers.js';

const OPTIONS: Readonly<Record<keyof TrainOptions, true>> = {
  learner: true,
  data: true,
  validation: true,
  epochs: true,
  stepsPerEpoch: true,
  stepsPerExecution: true,
  seed: true,
  iterations: true,
  controllers: true,
  stopOn: true,
  ahead: true,
  onNonFinite: true,
  snapshots: true,
  snapshotEveryMs: true,
  resume: true,
  config: true,
  saveModel: true,
  onSaveError: true,
};
const DATA: Readonly<Record<keyof TrainingData, true>> = { source: true, through: true, shuffle: true };
const VALIDATION: Readonly<Record<keyof ValidationOptions, true>> = {
  source: true,
  through: true,
  everyEpochs: true,
  everySteps: true,
};

/**
 * What can be told before a run begins.
 *
 * @throws InvalidArgumentError, UnknownNameError
 */
export function checkTrainOptions(options: TrainOptions): void {
  checkOptions('train', options, OPTIONS);
  const { data, validation, stepsPerEpoch = 1, stepsPerExecution = 1, ahead = 0, seed = 0, iterations = 0 } = options;
  requireParts('train: data', data);
  checkOptions("train's data", data, DATA);
  if (validation !== undefined) {
    requireParts('train: validation', validation);
    checkOptions("train's validation", validation, VALIDATION);
  }
  const { everyEpochs = 1, everySteps = 1 } = validation ?? {};
  checkCount('train', { epochs: options.epochs, stepsPerEpoch, stepsPerExecution, everyEpochs, everySteps }, 1);
  checkCount('train', { ahead, seed, iterations });
  if (options.resume && options.snapshots === undefined) {
    throw new InvalidArgumentError("train: 'resume' needs 'snapshots', the store to resume from.");
  }
  if (options.snapshots !== undefined && typeof options.snapshots.open !== 'function') {
    throw new InvalidArgumentError("train: 'snapshots' must be a store, such as folderStore('runs/a').");
  }
  const { controllers = [] } = options;
  if (!Array.isArray(controllers)) {
    throw new InvalidArgumentError("train: 'controllers' must be a list, such as [earlyStopping()].");
  }
  for (const controller of controllers) checkController(controller, options);
}

function checkController(controller: Controller, { saveModel }: TrainOptions): void {
  if (typeof controller === 'function') return;
  const { key, init, update }: Partial<Policy> = controller ?? {};
  if (typeof key !== 'string' || typeof init !== 'function' || typeof update !== 'function') {
    throw new InvalidArgumentError(
      'train: a controller is neither a policy { key, init, update } nor an operator from events to directives.',
    );
  }
  if (controller.savesModel && saveModel === undefined) {
    throw new InvalidArgumentError(
      `train: '${controller.key}' saves the model, but nothing says how. Give train() the option 'saveModel', such as ` +
        '(file, learner) => saveModel(model, file).',
    );
  }
}
