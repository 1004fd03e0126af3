export {
  checkpointEvent,
  directiveEvent,
  epochEnd,
  epochStart,
  runEnd,
  runStart,
  stepEvent,
  trainEnd,
  validationEvent,
  warningEvent,
} from './events.js';
export { expectNoLeaks, type LeakCounters } from './expectNoLeaks.js';
export { type FakeCall, type FakeLearner, type FakeLearnerOptions, fakeLearner } from './fakeLearner.js';
export { type MarbleHelpers, marbles } from './marbles.js';
export { batchOf, sampleOf } from './samples.js';
export { arraySource, indexedSource, type SourceOptions, streamSource } from './sources.js';
