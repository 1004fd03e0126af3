import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateTensorflow } from '../../src/native/install/locateTensorflow.js';
import { leastAccuracy, withData } from '../helpers/withData.js';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const minutes = 60_000;

/** A program that imports every entry, with types. */
const program = `
import { createLearner, type Learner, mnistMlp } from 'gradstream';
import { batch } from 'gradstream/operators';
import { train, type TrainOptions } from 'gradstream/pipelines';
import { fakeLearner, stepEvent } from 'gradstream/testing';
const learner: Learner = fakeLearner();
const options: Pick<TrainOptions, 'epochs'> = { epochs: 1 };
console.log(typeof createLearner, typeof mnistMlp, typeof batch(8), typeof train, learner.parameters, stepEvent().type, options.epochs);
`;

describe('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gradstream-package-'));
  let tarball = '';
  let files: readonly string[] = [];

  beforeAll(async () => {
    const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: root,
      maxBuffer: 2 ** 24,
    });
    files = JSON.parse(stdout)[0].files.map(({ path }: { readonly path: string }) => path);
    tarball = join(folder, readdirSync(folder).find(name => name.endsWith('.tgz')) ?? '');
  }, minutes);

  afterAll(() => rmSync(folder, { recursive: true, force: true }), minutes);

  it('has what its sources make, and nothing that was made of others before', () => {
    const compiled = files.filter(path => /^dist\/(src|operators|pipelines)\/.*\.js$/.test(path));
    const sources = compiled.map(path => join(root, path.replace('dist/', '').replace(/js$/, 'ts')));
    expect(compiled.length).toBeGreaterThan(500);
    expect(sources.filter(path => !existsSync(path))).toEqual([]);
    // Source maps would name sources that are not in the package.
    expect(files.filter(path => path.startsWith('dist/.') || path.endsWith('.map'))).toEqual([]);
  });

  it('has every licence, and names each file of others in NOTICE', () => {
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'LICENSE-APACHE', 'NOTICE']));
    const notice = readFileSync(join(root, 'NOTICE'), 'utf8');
    const bundled = files.filter(path => path.startsWith('dist/vendor/'));
    expect(bundled.filter(path => !notice.includes(path))).toEqual([]);
  });

  it.each([
    ['on', []],
    ['off', ['--ignore-scripts']],
  ])(
    'installs into an empty folder with scripts %s, and every entry can be imported from TypeScript',
    async (name, flags) => {
      const project = join(folder, name);
      await run('mkdir', [project]);
      writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'user', type: 'module', private: true }));
      await run('npm', ['install', tarball, '--no-audit', '--no-fund', '--prefer-offline', ...flags], { cwd: project });
      writeFileSync(join(project, 'index.ts'), program);
      const tsc = join(root, 'node_modules/typescript/lib/tsc.js');
      const types = ['--typeRoots', join(root, 'node_modules/@types'), '--types', 'node'];
      const settings = ['--module', 'nodenext', '--target', 'es2022', '--strict', '--skipLibCheck', ...types];
      await run(process.execPath, [tsc, ...settings, 'index.ts'], { cwd: project });
      const { stdout } = await run(process.execPath, ['index.js'], { cwd: project });
      expect(stdout).toMatch(/^function function function function \d+ step 1\n$/);
    },
    5 * minutes,
  );

  it(
    'trains from its command line, to be looked at',
    async () => {
      const files = await locateTensorflow({ install: false }).catch(() => null);
      const env = { ...withData(), ...(files === null ? { GRADSTREAM_BACKEND: 'wasm' } : {}) };
      const args = ['gradstream', 'train', 'mnist-mlp', '--epochs', '1', '--seed', '1', '--live', '0'];
      const { stdout, stderr } = await run('npx', ['--no-install', ...args], { cwd: join(folder, 'on'), env });
      expect(stderr).toContain('Live view: http://');
      const [, accuracy] = /Test accuracy: ([\d.]+)/.exec(stdout) ?? [];
      expect(Number(accuracy)).toBeGreaterThan(leastAccuracy());
    },
    5 * minutes,
  );
});
