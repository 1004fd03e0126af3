// From source to step
export { type AugmentOptions, augment } from './augment.js';
export { augmentImages } from './augmentImages.js';
export { type BatchOperator, type BatchOptions, batch } from './batch.js';
// Controllers and filters of events
export { type ControllerOptions, controller } from './controller.js';
// Observers
export { type CsvLoggerOptions, csvLogger } from './csvLogger.js';
export { type EpochSamplesOptions, epochSamples } from './epochSamples.js';
export { evaluateStep } from './evaluateStep.js';
export { type EveryOptions, every } from './every.js';
// Pictures by gradient ascent
export { gradientAscent } from './gradientAscent.js';
export { type History, history } from './history.js';
export { type JsonLinesOptions, jsonLines } from './jsonLines.js';
export { type MapOrderedOptions, mapOrdered } from './mapOrdered.js';
export { type PacedOptions, paced } from './paced.js';
export { pipeBatches } from './pipeBatches.js';
export { type ProgressBarOptions, type ProgressStream, progressBar } from './progressBar.js';
export { type RemoteMonitorOptions, remoteMonitor } from './remoteMonitor.js';
export { replay } from './replay.js';
export { type ShuffleOptions, shuffle } from './shuffle.js';
export { type TrainStepOptions, trainStep } from './trainStep.js';
export { upscale } from './upscale.js';
