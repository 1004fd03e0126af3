import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startChild } from '../src/file/childProcess.js';
import { temporaryFolder } from '../src/file/temporaryFolder.js';

/** Kills in the run of this test. GRADSTREAM_KILLS=60 makes it the long one. */
const kills = Number(process.env.GRADSTREAM_KILLS ?? 6);

/** A run that keeps everything in `folder`, with a snapshot after each step that comes when none is being written. */
const script = (folder: string): string => `
  import { lastValueFrom } from 'rxjs';
  import { batch } from './operators/batch.js';
  import { fakeLearner } from './operators/testing/fakeLearner.js';
  import { arraySource } from './operators/testing/sources.js';
  import { eventLog } from './pipelines/eventLog.js';
  import { train } from './pipelines/train.js';
  import { folderStore } from './src/checkpoint/folderStore.js';
  import { earlyStopping } from './src/policy/earlyStopping.js';
  import { reduceLearningRateOnPlateau } from './src/policy/reduceLearningRateOnPlateau.js';

  const learner = () => {
    const fake = fakeLearner({ delay: 1, learningRate: iterations => 0.4 / (1 + (iterations % 5)) });
    // Large enough that a kill hits the writing of a file, too.
    const ballast = { name: 'ballast', shape: [300_000], data: new Float32Array(300_000) };
    const state = fake.state.bind(fake);
    fake.state = async () => ({ ...(await state()), slots: [ballast] });
    return fake;
  };
  const run$ = train({
    learner,
    data: { source: arraySource({ size: 60 }), through: batch(4) },
    validation: { source: arraySource({ size: 8, name: 'test' }), through: batch(4) },
    epochs: 20,
    seed: 3,
    controllers: [
      reduceLearningRateOnPlateau({ factor: 0.5, patience: 1 }),
      earlyStopping({ patience: 100, restoreBestWeights: true }),
    ],
    snapshots: folderStore(${JSON.stringify(folder)}),
    snapshotEveryMs: 0,
    resume: true,
  });
  process.stdout.write('ready');
  await lastValueFrom(run$.pipe(eventLog(${JSON.stringify(join(folder, 'events.jsonl'))})));
`;

/** Runs the script, and kills it so many milliseconds after it has begun. Resolves to whether it was killed. */
async function runFor(scripts: string, folder: string, milliseconds: number): Promise<boolean> {
  const child = await startChild(scripts, 'run', script(folder));
  const ended = new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.on('close', (code, signal) =>
      code === null || code === 0 ? resolve(signal) : reject(new Error(`exit ${code}`)),
    );
  });
  await Promise.race([new Promise(resolve => child.stdout?.once('data', resolve)), ended]);
  await Promise.race([sleep(milliseconds, undefined, { ref: false }), ended]);
  child.kill('SIGKILL');
  return (await ended) !== null;
}

const eventsIn = (folder: string): object[] =>
  readFileSync(join(folder, 'events.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
    .map(({ time, ...event }) => event);

describe('a run that is killed by the system and resumed', () => {
  it(
    'ends with the events and weights of an unbroken run, and leaves nothing behind',
    async () => {
      const [scripts, whole] = [temporaryFolder(), join(temporaryFolder(), 'run')];
      expect(await runFor(scripts, whole, 60_000)).toBe(false);
      expect(eventsIn(whole).at(-1)).toMatchObject({ reason: 'completed', epochs: 20, iterations: 300 });
      for (let killed = 0; killed < kills; ) {
        const broken = join(temporaryFolder(), 'run');
        while (await runFor(scripts, broken, killed < kills ? 20 + Math.random() * 300 : 60_000)) killed++;
        expect(eventsIn(broken)).toEqual(eventsIn(whole));
        const left = readdirSync(broken).filter(name => !/^step-\d+-event-\d+$/.test(name));
        expect(left).toEqual(['events.jsonl']);
      }
    },
    20_000 + 5_000 * kills,
  );
});
