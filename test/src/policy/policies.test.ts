import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochEnd } from '../../../operators/testing/events.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { UnknownNameError } from '../../../src/error/unknownNameError.js';
import type { Directive } from '../../../src/event/directive.js';
import type { TrainEvent } from '../../../src/event/trainEvent.js';
import { checkKeys } from '../../../src/policy/checkKeys.js';
import { checkpoint } from '../../../src/policy/checkpoint.js';
import { earlyStopping } from '../../../src/policy/earlyStopping.js';
import { lambda } from '../../../src/policy/lambda.js';
import { learningRateSchedule } from '../../../src/policy/learningRateSchedule.js';
import type { Policy } from '../../../src/policy/policy.js';
import { reduceLearningRateOnPlateau } from '../../../src/policy/reduceLearningRateOnPlateau.js';
import { swapEma } from '../../../src/policy/swapEma.js';
import { terminateOnNonFinite } from '../../../src/policy/terminateOnNonFinite.js';
import { timeLimit } from '../../../src/policy/timeLimit.js';
import { decodeJson, encodeJson, type Json } from '../../../src/text/json.js';
import { freeze, runEvents, runStart } from './runEvents.js';

interface Row {
  readonly make: readonly (() => Policy)[];
  /** Calls that must be refused, each with a word of the message. */
  readonly refused: readonly (readonly [() => unknown, RegExp])[];
}

const max = 'max';

/** One row a file of src/policy that makes a policy. */
const table: Readonly<Record<string, Row>> = {
  checkpoint: {
    make: [
      () => checkpoint('m-{epoch:03d}-{val_loss:.2f}.h5'),
      () => checkpoint('best.keras', { saveBestOnly: true, initialValueThreshold: 1, onException: 'crash.keras' }),
      () => checkpoint('{epoch}-{batch}-{acc}.weights.h5', { saveFreq: 3, saveWeightsOnly: true, everyMs: 7000 }),
      () => checkpoint('{epoch}.h5', { topK: 2, last: 1, monitor: 'val_acc', mode: max }),
      () => checkpoint('{epoch}.h5', { topK: 3 }),
    ],
    refused: [
      [
        () => checkpoint('m.h5', { savebestOnly: true } as object),
        /option of checkpoint 'savebestOnly'.*'saveBestOnly'/,
      ],
      [() => checkpoint('model.bin'), /\.keras or \.h5, got 'model\.bin'/],
      [() => checkpoint('model.h5', { saveWeightsOnly: true }), /\.weights\.h5/],
      [() => checkpoint('model.h5', { onException: 'crash' }), /got 'crash'/],
      [() => checkpoint('m{epoch.h5'), /brace/],
      [() => checkpoint('m{}.h5'), /brace/],
      [() => checkpoint('m.h5', { saveFreq: 0 }), /saveFreq .* got 0/],
      [() => checkpoint('m.h5', { saveFreq: 'batch' as 'epoch' }), /'batch'/],
      [() => checkpoint('m.h5', { topK: 1.5 }), /topK/],
      [() => checkpoint('m.h5', { last: 0 }), /last/],
      [() => checkpoint('m.h5', { everyMs: -1 }), /everyMs/],
      [() => checkpoint('m.h5', { initialValueThreshold: Number.NaN }), /initialValueThreshold/],
      [() => checkpoint('m.h5', { saveBestOnly: true, monitor: 'val_own' }), /'val_own'.*'min' or 'max'/],
    ],
  },
  earlyStopping: {
    make: [
      () => earlyStopping({ patience: 2, restoreBestWeights: true }),
      () => earlyStopping({ monitor: 'accuracy', baseline: 0.5, minDelta: 0.1, startFromEpoch: 1, patience: 1 }),
    ],
    refused: [
      [() => earlyStopping({ paitence: 3 } as object), /option of earlyStopping 'paitence'.*'patience'/],
      [() => earlyStopping({ patience: -1 }), /patience .* got -1/],
      [() => earlyStopping({ startFromEpoch: 0.5 }), /startFromEpoch/],
      [() => earlyStopping({ mode: 'up' as 'max' }), /'up'/],
      [() => earlyStopping({ monitor: 'own' }), /'own'/],
      [() => earlyStopping({ minDelta: Number.NaN }), /minDelta/],
      [() => earlyStopping({ baseline: Number.NaN }), /baseline/],
    ],
  },
  lambda: {
    make: [
      () =>
        lambda({
          epochEnd: ({ epoch }) => (epoch === 1 ? [{ type: 'stop', by: 'lambda', reason: 'enough' }] : undefined),
        }),
    ],
    refused: [[() => lambda({ onEpochEnd: () => [] } as object), /event of lambda 'onEpochEnd'/]],
  },
  learningRateSchedule: {
    make: [() => learningRateSchedule((epoch, rate) => rate / (1 + epoch))],
    refused: [
      [
        () =>
          run(
            learningRateSchedule(() => Number.NaN),
            runEvents([1]),
          ),
        /epoch 0 it gave NaN/,
      ],
      [
        () =>
          run(
            learningRateSchedule(() => -1),
            runEvents([1]),
          ),
        /-1/,
      ],
    ],
  },
  reduceLearningRateOnPlateau: {
    make: [
      () => reduceLearningRateOnPlateau({ patience: 1, cooldown: 1 }),
      () => reduceLearningRateOnPlateau({ patience: 2, apply: 'overwrite', minLearningRate: 0.001 }),
    ],
    refused: [
      [() => reduceLearningRateOnPlateau({ minLr: 0 } as object), /option of reduceLearningRateOnPlateau 'minLr'/],
      [() => reduceLearningRateOnPlateau({ factor: 1 }), /factor .* got 1/],
      [() => reduceLearningRateOnPlateau({ factor: -0.1 }), /factor/],
      [() => reduceLearningRateOnPlateau({ patience: -1 }), /patience/],
      [() => reduceLearningRateOnPlateau({ cooldown: -1 }), /cooldown/],
      [() => reduceLearningRateOnPlateau({ minLearningRate: Number.NaN }), /minLearningRate/],
      [() => reduceLearningRateOnPlateau({ apply: 'both' as 'scale' }), /'both'/],
      [() => reduceLearningRateOnPlateau({ mode: 'down' as 'min' }), /'down'/],
    ],
  },
  swapEma: {
    make: [() => swapEma(), () => swapEma({ swapOnEpoch: true })],
    refused: [[() => swapEma({ onEpoch: true } as object), /option of swapEma 'onEpoch'/]],
  },
  terminateOnNonFinite: {
    make: [() => terminateOnNonFinite()],
    refused: [[() => terminateOnNonFinite({ raise: true } as object), /option of terminateOnNonFinite 'raise'/]],
  },
  timeLimit: { make: [() => timeLimit(12_000)], refused: [[() => timeLimit(0), /above 0, got 0/]] },
};

const HELPERS = [
  'checkKeys',
  'fileTemplate',
  'foldPolicies',
  'keepFiles',
  'monitor',
  'policy',
  'rateState',
  'rateWriters',
];

/** Decisions on each event; after event number `split` the state goes through JSON and a new policy takes over. */
function run(
  policy: Policy,
  events: readonly TrainEvent[],
  split?: { after: number; to: Policy },
): readonly Directive[][] {
  let state: Json = freeze(policy.init());
  return events.map((event, i) => {
    if (split?.after === i) state = freeze(decodeJson(JSON.parse(JSON.stringify(encodeJson(state)))));
    const [next, directives] = (split !== undefined && i >= split.after ? split.to : policy).update(state, event);
    state = freeze(next);
    return [...directives];
  });
}

const metric = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, -1, 1, 0.5),
);

describe('policies', () => {
  it('are all in the table of this test', () => {
    const files = readdirSync(new URL('../../../src/policy', import.meta.url)).map(name => name.replace(/\.ts$/, ''));
    expect(files.sort()).toEqual([...Object.keys(table), ...HELPERS].sort());
  });

  describe.each(Object.entries(table))('%s', (_, { make, refused }) => {
    it.each(make)('decides the same after its state went through JSON at any event (%#)', create => {
      fc.assert(
        fc.property(fc.array(metric, { maxLength: 12 }), fc.nat(), (values, at) => {
          const events = runEvents(values);
          const split = { after: at % events.length, to: create() };
          expect(run(create(), events, split)).toEqual(run(create(), events));
        }),
      );
    });

    it.each(make)('asks in its own name, and for what JSON can carry (%#)', create => {
      const policy = create();
      const asked = run(policy, runEvents([1, 0.5, 0.75, 0.75, 0.75, Number.NaN])).flat();
      expect(asked.length).toBeGreaterThan(0);
      for (const directive of asked) expect(directive.by).toBe(policy.key);
      expect(JSON.parse(JSON.stringify(asked))).toEqual(asked);
    });

    it('refuses what cannot be meant, and names it', () => {
      for (const [make, message] of refused) {
        expect(make).toThrow(/option of|event of/.test(message.source) ? UnknownNameError : InvalidArgumentError);
        expect(make).toThrow(message);
      }
    });
  });
});

describe('checkKeys', () => {
  it('refuses two controllers with one key and says what to do', () => {
    expect(() => checkKeys([earlyStopping(), timeLimit(1), earlyStopping({ patience: 3 })])).toThrow(
      /'earlyStopping\(val_loss\)'.*option 'key'/,
    );
    expect(() => checkKeys([earlyStopping(), earlyStopping({ key: 'other' })])).not.toThrow();
  });
});

describe('a monitor that cannot exist', () => {
  const metrics = ['loss', 'learning_rate'];
  it.each([earlyStopping(), reduceLearningRateOnPlateau(), checkpoint('m.h5', { saveBestOnly: true })])(
    "is an error at the run's start that names what exists (%#)",
    policy => {
      const update = () => policy.update(policy.init() as never, { ...runStart, metrics });
      expect(update).toThrow(InvalidArgumentError);
      expect(update).toThrow(/'val_loss'.*loss, learning_rate/);
    },
  );

  it("is one too where it exists at epochs' ends only and steps are looked at", () => {
    const policy = checkpoint('m.h5', { saveBestOnly: true, saveFreq: 5 });
    expect(() => policy.update(policy.init(), runStart)).toThrow(/'val_loss'.*loss, accuracy, learning_rate/);
  });

  it.each(['acc', 'accuracy', 'val_acc', 'val_accuracy'])('is not one where it has another name: %s', monitor => {
    const policy = earlyStopping({ monitor });
    expect(() => policy.update(policy.init(), runStart)).not.toThrow();
  });
});

describe('a monitor at one of several outputs', () => {
  const metrics = ['loss', 'cls_loss', 'my_box_loss', 'cls_accuracy', 'my_box_mae', 'cls_neg_mse', 'val_cls_accuracy'];
  const start = { ...runStart, metrics: [...metrics, 'val_my_box_mae', 'val_cls_loss', 'own_accuracy'] };

  it.each([
    ['val_cls_accuracy', [0.5, 0.6, 0.4], 0.6],
    ['cls_accuracy', [0.5, 0.6, 0.4], 0.6],
    ['val_my_box_mae', [0.5, 0.6, 0.4], 0.4],
    ['val_cls_loss', [0.5, 0.6, 0.4], 0.4],
  ])('knows which way of %s is better', (monitor, values, best) => {
    const policy = earlyStopping({ monitor, patience: 9 });
    const ends = values.map((value, epoch) => epochEnd({ epoch, logs: { [monitor]: value } }));
    const states = [start, ...ends].reduce((state, event) => policy.update(state, event)[0], policy.init());
    expect(states.best).toBe(best);
  });

  it.each(['own_accuracy', 'cls_neg_mse'])('does not guess about %s, which may be something else', monitor => {
    const policy = earlyStopping({ monitor });
    expect(() => policy.update(policy.init(), start)).toThrow(`whether a larger '${monitor}' is better`);
    const told = earlyStopping({ monitor, mode: 'max' });
    expect(() => told.update(told.init(), start)).not.toThrow();
  });
});
