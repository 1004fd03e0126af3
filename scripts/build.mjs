// Compiles the TypeScript, and bundles tfjs-node's kernels and the page of the live view, each only where something changed.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages, isMain, newestSource, root, runNode, withLock } from './project.mjs';

const bundle = join(root, 'dist/vendor/tfjs-node-kernels.cjs');
const gradients = join(root, 'dist/vendor/tfjs-gradients.cjs');
const livePage = join(root, 'dist/vendor/live-view.html');
const tfjsNode = join(root, 'node_modules/@tensorflow/tfjs-node-gpu');
/** Stands in dist once everything is built; it bears the time of the newest source that went in. */
const stamp = join(root, 'dist/.built');

/** True where dist is older than what it is made of. */
function isOutdated() {
  const built = statSync(stamp, { throwIfNoEntry: false });
  return built === undefined || built.mtimeMs + 1 < newestSource();
}

/** Builds where needed; what the tools say goes to stderr. Two builds at once take turns. */
export async function build() {
  if (!isOutdated()) return;
  await withLock('building', async () => {
    if (!isOutdated()) return;
    // Taken before the work: a source that is saved meanwhile counts as newer.
    const newest = new Date(newestSource());
    await bundleKernels();
    await bundleGradients();
    await bundleLivePage();
    if ((await runNode([join(root, 'node_modules/typescript/lib/tsc.js'), '-p', 'tsconfig.json'])) !== 0) {
      throw new Error('the TypeScript compiler found errors, see above.');
    }
    removeOrphans();
    requireCommonJs();
    writeFileSync(stamp, '');
    utimesSync(stamp, newest, newest);
  });
}

/**
 * tfjs-node's backend class and kernels in one CommonJS file, without its native addon. tfjs-core stays outside, so that
 * there is one engine; what Node 23 dropped from `util` and the protocol buffers of TensorBoard summaries are replaced.
 */
async function bundleKernels() {
  const version = JSON.parse(readFileSync(join(tfjsNode, 'package.json'), 'utf8')).version;
  const banner = `/* Bundled from tfjs-node ${version} (Apache-2.0, see NOTICE); changed: no addon, no TensorBoard. */`;
  const made = statSync(bundle, { throwIfNoEntry: false });
  const isCurrent = made !== undefined && made.mtimeMs > statSync(fileURLToPath(import.meta.url)).mtimeMs;
  if (isCurrent && readFileSync(bundle, 'utf8').startsWith(banner)) return;
  mkdirSync(join(root, 'dist/vendor'), { recursive: true });
  const { build: esbuild } = await import('esbuild');
  const temporary = `${bundle}.${process.pid}.tmp`;
  await esbuild({
    stdin: {
      contents: `
        require('./register_all_kernels.js');
        const { NodeJSKernelBackend, createTensorsTypeOpAttr, createOpAttr, getTFDType } = require('./nodejs_kernel_backend.js');
        module.exports = { NodeJSKernelBackend, createTensorsTypeOpAttr, createOpAttr, getTFDType };`,
      resolveDir: join(tfjsNode, 'dist'),
    },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    legalComments: 'inline',
    logLevel: 'warning',
    banner: { js: banner },
    external: ['@tensorflow/tfjs-core'],
    plugins: [replacements],
    outfile: temporary,
  });
  renameSync(temporary, bundle);
}

/**
 * tfjs-core's gradients, which its CommonJS build leaves out and the union package adds. What they share with tfjs-core
 * (engine, registries) is found through tfjs's global object.
 */
async function bundleGradients() {
  if (statSync(gradients, { throwIfNoEntry: false }) !== undefined) return;
  const { build: esbuild } = await import('esbuild');
  const temporary = `${gradients}.${process.pid}.tmp`;
  await esbuild({
    stdin: { contents: "import '@tensorflow/tfjs-core/dist/register_all_gradients.js';", resolveDir: root },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    legalComments: 'inline',
    logLevel: 'warning',
    outfile: temporary,
  });
  renameSync(temporary, gradients);
}

/** The page of the live view, its styles and its script (uPlot included), in one file that needs nothing beside it. */
async function bundleLivePage() {
  const { build: esbuild } = await import('esbuild');
  const page = join(root, 'src/view/page');
  const bundle = async entry => {
    const { outputFiles } = await esbuild({
      entryPoints: [join(page, entry)],
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      legalComments: 'inline',
      logLevel: 'warning',
      write: false,
    });
    return outputFiles[0].text;
  };
  const [script, styles] = [await bundle('page.ts'), await bundle('page.css')];
  const temporary = `${livePage}.${process.pid}.tmp`;
  // By functions: a `$` in the script is no pattern.
  const html = readFileSync(join(page, 'page.html'), 'utf8')
    .replace('/* styles */', () => styles)
    .replace('/* script */', () => script.replaceAll('</script', '<\\/script'));
  writeFileSync(temporary, html);
  renameSync(temporary, livePage);
}

/** What was compiled from sources that are gone, which the package would have and tests could load; maps of former builds, too. */
function removeOrphans() {
  for (const tree of ['src', 'operators', 'pipelines']) {
    for (const file of readdirSync(join(root, 'dist', tree), { recursive: true })) {
      const source = file.replace(/(\.js|\.map|\.d\.ts)$/, '.ts');
      if (source !== file && !existsSync(join(root, tree, source))) rmSync(join(root, 'dist', tree, file));
    }
  }
}

/** CommonJS packages that are large: Node scans their whole text for names when an ES module imports them. */
const COMMON_JS = ['rxjs', '@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', '#tfjs-node-kernels', '#tfjs-gradients'];

/** Makes the compiled files require those packages, which saves a quarter of a second at each start. */
function requireCommonJs() {
  const statement = new RegExp(
    `^import (?:(?:\\* as (\\w+)|\\{([^}]*)\\}) from )?['"](${COMMON_JS.join('|')})['"];$`,
    'gm',
  );
  for (const file of readdirSync(join(root, 'dist'), { recursive: true })) {
    if (!file.endsWith('.js')) continue;
    const path = join(root, 'dist', file);
    const text = readFileSync(path, 'utf8');
    const changed = text.replace(statement, (_, all, names, name) => {
      const call = `createRequire(import.meta.url)('${name}');`;
      if (all !== undefined) return `const ${all} = ${call}`;
      return names === undefined ? call : `const {${names.replaceAll(' as ', ': ')}} = ${call}`;
    });
    if (changed !== text) writeFileSync(path, withCreateRequire(changed));
  }
}

/** The import goes behind a `#!` line, and stays out where a module has it already. */
function withCreateRequire(text) {
  if (text.includes("import { createRequire } from 'node:module';")) return text;
  return text.replace(/^(#!.*\n)?/, "$1import { createRequire } from 'node:module';\n");
}

const SHIMS = {
  util: `
    exports.isNullOrUndefined = value => value === null || value === undefined;
    exports.isArray = Array.isArray;
    exports.isString = value => typeof value === 'string';`,
  api_pb: 'module.exports = {};',
};

const replacements = {
  name: 'replacements',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@tensorflow\/tfjs$/ }, () => ({ path: '@tensorflow/tfjs-core', external: true }));
    onResolve({ filter: /^util$/ }, () => ({ path: 'util', namespace: 'shim' }));
    onResolve({ filter: /\/api_pb$/ }, () => ({ path: 'api_pb', namespace: 'shim' }));
    onLoad({ filter: /.*/, namespace: 'shim' }, ({ path }) => ({ contents: SHIMS[path] }));
  },
};

if (isMain(import.meta.url)) {
  try {
    await installPackages();
    await build();
  } catch (error) {
    console.error(`Build failed: ${error.message}`);
    process.exitCode = 1;
  }
}
