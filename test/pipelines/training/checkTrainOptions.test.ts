import { describe, expect, it } from 'vitest';
import { batch } from '../../../operators/batch.js';
import { fakeLearner } from '../../../operators/testing/fakeLearner.js';
import { arraySource } from '../../../operators/testing/sources.js';
import { type TrainOptions, train } from '../../../pipelines/train.js';
import { GradstreamError } from '../../../src/error/gradstreamError.js';
import { checkpoint } from '../../../src/policy/checkpoint.js';

const data = { source: arraySource({ size: 4 }), through: batch(2) };

/** What JavaScript lets through. */
const wrong: readonly [string, object, RegExp][] = [
  ['a misspelt option', { validaton: data }, /option of train 'validaton'.*Did you mean 'validation'/],
  ['a misspelt option of the data', { data: { ...data, shufle: true } }, /option of train's data 'shufle'.*'shuffle'/],
  [
    'a misspelt option of the validation',
    { validation: { ...data, everyEpoch: 2 } },
    /option of train's validation 'everyEpoch'.*'everyEpochs'/,
  ],
  ['data that nothing makes batches of', { data: { source: data.source } }, /data must be \{ source, through \}/],
  ['no data', { data: undefined }, /data must be \{ source, through \}/],
  ['validation without a source', { validation: { through: batch(2) } }, /validation must be \{ source, through \}/],
  ['a controller that is none', { controllers: [{ foo: 1 }] }, /neither a policy .* nor an operator/],
  ['a policy without a key', { controllers: [{ init: () => 0, update: () => [0, []] }] }, /neither a policy \{ key,/],
  ['no controller at all', { controllers: [undefined] }, /neither a policy/],
  ['a controller that is in no list', { controllers: checkpoint('best.h5') }, /'controllers' must be a list/],
  ['a checkpoint that nothing writes', { controllers: [checkpoint('best.h5')] }, /checkpoint\(best.h5\).*'saveModel'/],
  ['part of an update', { iterations: 0.5 }, /iterations must be a whole number/],
  ['a folder in place of a store', { snapshots: 'runs/a' }, /'snapshots' must be a store, such as folderStore/],
  ['resume without a store', { resume: true }, /'resume' needs 'snapshots'/],
];

describe('train', () => {
  it.each(wrong)('takes %s for a mistake, at once', (_, given, message) => {
    const options: TrainOptions = { learner: fakeLearner(), data, epochs: 1, ...given };
    expect(() => train(options)).toThrow(message);
    expect(() => train(options)).toThrow(GradstreamError);
  });
});
