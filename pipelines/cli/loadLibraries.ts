// Loads the two libraries that are named, says TensorFlow's version on stdout, and ends. A program of its own: what is damaged may
// end the process that loads it.
import { loadLibrary } from '../../src/native/library.js';

const [framework = '', cc = ''] = process.argv.slice(2);
try {
  process.stdout.write(loadLibrary({ framework, cc }).TF_Version());
} catch (error) {
  const { message, cause } = error as Error;
  process.stderr.write(cause instanceof Error ? cause.message : message);
  process.exitCode = 1;
}
