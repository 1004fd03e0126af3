import { filter, lastValueFrom, take } from 'rxjs';
import { batch } from '../../operators/batch.js';
import { createLearner } from '../../src/learner/createLearner.js';
import { initializeWeights } from '../../src/model/initializeWeights.js';
import { startBackend } from '../cli/startBackend.js';
import { train } from '../train.js';
import { benchModels, noise } from './benchModels.js';

// See firstStep.ts.
await startBackend({ threads: Number(process.argv[2]) });
const { mlp } = benchModels;
const model = mlp.model();
initializeWeights(model, 1);
const learner = createLearner({
  model,
  optimizer: mlp.optimizer(),
  loss: 'categorical_crossentropy',
  metrics: ['accuracy'],
});
const source = noise({ ...mlp, rows: 1280 });
const run$ = train({ learner, data: { source, through: batch(128) }, epochs: 1, seed: 1 });
await lastValueFrom(
  run$.pipe(
    filter(event => event.type === 'step'),
    take(1),
  ),
);
process.stdout.write('first-step\n');
await learner.dispose();
