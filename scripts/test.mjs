// The whole gate: packages, build, native TensorFlow, check, tests. Arguments go to vitest. Its last line counts the tests.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { check } from './check.mjs';
import { installPackages, root, runNode } from './project.mjs';

const report = join(root, 'dist/.test-report.json');

try {
  await installPackages();
  await build();
} catch (error) {
  console.error(`Can't run the tests: ${error.message}`);
  process.exit(1);
}

const problems = [];
if (!process.env.GRADSTREAM_SKIP_SETUP) {
  const setup = await runNode([join(root, 'dist/pipelines/cli/main.js'), 'setup']);
  if (setup !== 0) problems.push('native TensorFlow could not be set up (GRADSTREAM_SKIP_SETUP=1 goes on without)');
}
if (!(await check())) problems.push('npm run check found something');

rmSync(report, { force: true });
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const status = await runNode([vitest, 'run', ...reporters, ...process.argv.slice(2)], { stdout: 'inherit' });
const { passed, failed, skipped } = countTests();
if (status !== 0) problems.push('vitest did not pass');

for (const problem of problems) console.error(`Failed: ${problem}.`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** A test file that can't even be loaded holds no test, but counts as a failed one. */
function countTests() {
  try {
    const { numPassedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
    const failures = testResults.map(({ status: state, assertionResults }) => {
      const inFile = assertionResults.filter(test => test.status === 'failed').length;
      return inFile === 0 && state === 'failed' ? 1 : inFile;
    });
    return {
      passed: numPassedTests,
      failed: failures.reduce((sum, count) => sum + count, 0),
      skipped: numPendingTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
