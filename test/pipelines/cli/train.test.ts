import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { batch } from '../../../operators/batch.js';
import { fakeLearner } from '../../../operators/testing/fakeLearner.js';
import { arraySource } from '../../../operators/testing/sources.js';
import { recipeCommand, resumeOptions } from '../../../pipelines/cli/train.js';
import type { Recipe, RecipeOptions } from '../../../pipelines/recipes/recipe.js';
import { readPoints } from '../../helpers/tensorBoardFile.js';

interface Own {
  readonly n: number;
  readonly mean: boolean;
  readonly augment: boolean;
}

const dir = await mkdtemp(join(tmpdir(), 'gradstream-train-'));
afterAll(() => rm(dir, { recursive: true }));
for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockReturnValue(true);
afterEach(() => {
  process.exitCode = undefined;
  vi.mocked(process.stderr.write).mockClear();
});

/** Runs a recipe of ten rows by the words of a command line. */
async function run(...args: string[]) {
  let asked: (RecipeOptions & Partial<Own>) | undefined;
  const recipe: Recipe<Own> = {
    name: 'fake',
    description: '',
    defaults: { epochs: 2, batchSize: 4 },
    flags: [
      { flags: '--n <blocks>', description: 'blocks', default: 3 },
      { flags: '--no-mean', description: 'without the mean', default: true },
      { flags: '--augment', description: 'shift', default: false },
      { flags: '--helpers <n>', description: 'threads', default: 0 },
      { flags: '--workers <n>', description: 'threads', default: 0 },
      { flags: '--version <1|2>', description: 'version', default: 1, choices: [1, 2] },
    ],
    async prepare(options) {
      asked = options;
      const { epochs = 2, batchSize = 4, seed = 1, n = 3, mean = true, augment = false } = options;
      return {
        config: { batchSize, n, mean, augment },
        train: { learner: fakeLearner(), data: { source: arraySource(), through: batch(batchSize) }, epochs, seed },
      };
    },
  };
  const command = recipeCommand(recipe).exitOverride();
  await command.parseAsync(args, { from: 'user' });
  return { asked, help: command.helpInformation() };
}

describe('gradstream train', () => {
  it("leaves a recipe's defaults to the recipe, and shows them", async () => {
    const { asked, help } = await run();
    expect(asked).toEqual({});
    expect(help).toMatch(/--n <blocks> +blocks \(default: 3\)/);
    expect(help).toMatch(/passes over the data \(default: 2\)/);
  });

  it('hands on what was given, also where it is the default', async () => {
    const given = ['--n', '3', '--no-mean', '--augment', '--helpers', '0', '--batch-size', '5', '--no-compile'];
    const { asked } = await run(...given);
    expect(asked).toEqual({ n: 3, mean: false, augment: true, helpers: 0, batchSize: 5, compile: false });
  });

  it.each(['0', '3', '1.5', ''])('refuses a number %j where there are but a few', async version => {
    await expect(run('--version', version)).rejects.toThrow(/Give 1 or 2\./);
    expect((await run('--version', '2')).asked).toEqual({ version: 2 });
  });

  it('takes no more workers than there are processors, and says so', async () => {
    const most = availableParallelism();
    const { write } = vi.mocked(process.stderr);
    expect((await run('--workers', String(most))).asked).toEqual({ workers: most });
    expect(write).not.toHaveBeenCalled();
    expect((await run('--workers', '100000')).asked).toEqual({ workers: most });
    expect(write).toHaveBeenCalledWith(expect.stringMatching(/^--workers 100000: there are \d+ processors/));
  });

  it.each(['--data', '--out', '--resume', '--tensorboard'])('refuses an empty name of %s', async option => {
    await expect(run(option, '')).rejects.toThrow(/folder's name/);
  });

  it('says how an interrupted run goes on, with what its checkpoints do not keep', () => {
    expect(resumeOptions('runs/a', {})).toBe('--resume runs/a');
    expect(resumeOptions('my runs', { data: 'my data', compile: false, tensorboard: 'curves' })).toBe(
      "--resume 'my runs' --data 'my data' --no-compile --tensorboard curves",
    );
  });

  it('says of an interrupted run what it was told of threads and checkpoints', () => {
    expect(resumeOptions('runs/a', { checkpointEvery: 5, threads: 1, workers: 2, live: true })).toBe(
      '--resume runs/a --checkpoint-every 5 --threads 1 --workers 2 --live',
    );
    expect(resumeOptions('runs/a', { live: 8080 })).toBe('--resume runs/a --live 8080');
  });

  it('writes curves where it is told to', async () => {
    const curves = join(dir, 'curves');
    await run('--tensorboard', curves);
    const losses = readPoints(join(curves, 'train')).filter(({ tag }) => tag === 'epoch_loss');
    expect(losses.map(({ step }) => step)).toEqual([0, 1]);
  });

  it('refuses a folder of curves that can not be one, before it trains', async () => {
    const file = join(dir, 'file');
    await writeFile(file, '');
    await expect(run('--tensorboard', file)).rejects.toThrow(/is a file.*--tensorboard/);
  });

  it.each([
    [['--live', '0'], /^Live view: http:\/\/127\.0\.0\.1:\d+\/\n$/],
    [['--live'], /^Live view: http:\/\/127\.0\.0\.1:\d+\/\n$/],
  ])('%j shows the run in a browser', async (options, line) => {
    await run(...options);
    const { write } = vi.mocked(process.stderr);
    await vi.waitFor(() => expect(write).toHaveBeenCalledWith(expect.stringMatching(line)));
  });

  it.each(['x', '-1', '65536'])('refuses a port %s', async port => {
    await expect(run('--live', port)).rejects.toThrow(/whole number|from 0 to 65535|argument/);
  });

  it('goes on with the options that the run had', async () => {
    const out = join(dir, 'run');
    const given = ['--n', '1', '--no-mean', '--augment', '--batch-size', '5', '--seed', '7', '--epochs', '3'];
    await run(...given, '--out', out);
    const before = { n: 1, mean: false, augment: true, batchSize: 5, seed: 7, out };
    expect((await run('--resume', out)).asked).toMatchObject({ ...before, epochs: 3 });
    expect((await run('--resume', out, '--epochs', '4')).asked).toMatchObject({ ...before, epochs: 4 });
  });

  describe('begun anew, since it was killed before its first checkpoint,', () => {
    const given = ['--n', '1', '--no-mean', '--augment', '--batch-size', '5', '--seed', '7', '--epochs', '3'];
    async function killed(name: string): Promise<string> {
      const out = join(dir, name);
      await run(...given, '--out', out);
      for (const entry of await readdir(out))
        if (entry.startsWith('step-')) await rm(join(out, entry), { recursive: true });
      return out;
    }

    it('has the options that it had', async () => {
      const out = await killed('anew');
      const before = { n: 1, mean: false, augment: true, batchSize: 5, seed: 7, out };
      expect((await run('--resume', out)).asked).toMatchObject({ ...before, epochs: 3 });
      for (const entry of await readdir(out))
        if (entry.startsWith('step-')) await rm(join(out, entry), { recursive: true });
      expect((await run('--resume', out, '--epochs', '4')).asked).toMatchObject({ ...before, epochs: 4 });
    });

    it('refuses others', async () => {
      const out = await killed('other');
      await expect(run('--resume', out, '--seed', '8', '--n', '2')).rejects.toThrow(
        /config.n was 1, is 2\.\n {2}seed was 7, is 8\./,
      );
    });

    it('says that they are damaged', async () => {
      const out = await killed('damaged');
      await writeFile(join(out, 'options.json'), '{"config":');
      await expect(run('--resume', out)).rejects.toThrow(/options\.json .*is damaged/);
    });
  });
});
