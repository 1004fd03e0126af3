// `npm start` and `npm run gradstream`, straight after a clone: installs and builds what is missing or outdated, then runs
// the command line in this process. Only the command's own output goes to stdout.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { installPackages, root } from './project.mjs';

const main = join(root, 'dist/pipelines/cli/main.js');

try {
  await installPackages();
  await build();
} catch (error) {
  console.error(`Can't start gradstream: ${error.message}`);
  process.exit(1);
}
process.argv[1] = main;
await import(pathToFileURL(main).href);
