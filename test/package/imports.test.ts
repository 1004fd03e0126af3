import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** A module and what it imports: paths from the project's root, or names of packages. */
interface Module {
  readonly file: string;
  readonly imports: readonly string[];
}

const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map(file => join(folder, file));

const modules: readonly Module[] = ['src', 'operators', 'pipelines'].flatMap(filesIn).map(file => ({
  file,
  imports: importsOf(readFileSync(join(root, file), 'utf8')).map(name =>
    name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)).replace(/\.js$/, '.ts') : name,
  ),
}));

/** Names in `import … from`, `export … from` and `import()`; comments don't count. */
function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '');
  return [
    ...code.matchAll(/^\s*(?:import|export)\b(?:[^;'"]*?\bfrom)?\s*['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/gm),
  ].map(([, from, dynamic]) => from ?? dynamic ?? '');
}

/** Who may not import whom, and why. */
const rules: readonly { readonly from: RegExp; readonly not: RegExp; readonly why: string }[] = [
  { from: /^src\//, not: /^(operators|pipelines)\//, why: 'src knows no streams and no recipes' },
  { from: /^src\//, not: /^rxjs/, why: 'there is no Observable in src' },
  { from: /^operators\//, not: /^pipelines\//, why: 'operators know no recipes' },
  {
    from: /^src\/(random|schedule|policy|augment|text|event)\//,
    not: /^(@tensorflow\/|#|koffi)/,
    why: 'the risky mathematics is plain functions, to be tested without TensorFlow',
  },
  {
    from: /^src\/(random|schedule|policy|augment|text)\//,
    not: /^src\/(?!random|schedule|policy|augment|text|error|event|array|data\/|metrics\/direction)/,
    why: 'pure folders import only each other, errors, events, plain data and the direction of a metric',
  },
  { from: /^src\/event\//, not: /^src\/(?!event|text|error)/, why: 'events are plain data that everybody may know' },
  { from: /^(?!src\/(native|graph)\/)/, not: /^koffi/, why: 'C functions are called in native and graph alone' },
];

/** Whose values each folder of `src` uses, lower ones first. Types may come from anywhere. */
const uses: Readonly<Record<string, readonly string[]>> = {
  version: [],
  error: [],
  array: [],
  random: ['error'],
  text: ['error'],
  schedule: ['error'],
  event: ['error', 'text'],
  file: ['error', 'array', 'text'],
  native: ['error', 'array', 'file'],
  kernel: [],
  wasm: ['error', 'native', 'kernel'],
  graph: ['error', 'array', 'file', 'native', 'kernel'],
  picture: ['array', 'native', 'graph'],
  data: ['error', 'array', 'random', 'text', 'file', 'native', 'picture'],
  augment: ['error', 'array', 'random', 'text', 'data'],
  layer: ['error', 'array', 'random', 'native', 'graph'],
  loss: ['error', 'text', 'layer'],
  metrics: ['error', 'text', 'loss'],
  policy: ['error', 'text', 'event', 'metrics'],
  optimizer: ['error', 'text', 'schedule'],
  learner: [
    'error',
    'array',
    'random',
    'text',
    'native',
    'graph',
    'data',
    'augment',
    'layer',
    'loss',
    'metrics',
    'optimizer',
  ],
  checkpoint: ['version', 'error', 'text', 'file'],
  saving: ['error', 'array', 'text', 'file', 'native', 'layer', 'loss', 'metrics', 'optimizer', 'learner'],
  model: ['error', 'array', 'random', 'file', 'native', 'picture', 'layer', 'saving'],
  filters: ['error', 'array', 'random', 'native', 'graph', 'layer'],
  view: ['text', 'event', 'filters'],
};

describe('imports', () => {
  it('finds modules and their imports', () => {
    expect(modules.length).toBeGreaterThan(100);
    expect(modules.flatMap(({ imports }) => imports)).toContain('rxjs');
  });

  it.each(rules)('$why', ({ from, not }) => {
    const wrong = modules
      .filter(({ file }) => from.test(file))
      .flatMap(({ file, imports }) => imports.filter(name => not.test(name)).map(name => `${file} imports ${name}`));
    expect(wrong).toEqual([]);
  });

  it("keeps to the order of src's folders, and uses what the table says", () => {
    const order = Object.keys(uses);
    for (const [folder, used] of Object.entries(uses)) {
      expect(order.slice(0, order.indexOf(folder)), `what ${folder} uses stands before it`).toEqual(
        expect.arrayContaining([...used]),
      );
    }
    const wrong = modules
      .filter(({ file }) => file.startsWith('src/') && file !== 'src/index.ts')
      .flatMap(({ file }) => {
        const allowed = [folderOf(file), ...(uses[folderOf(file)] ?? [])];
        return valueImports(file)
          .filter(name => !allowed.includes(folderOf(name)))
          .map(name => `${file} imports ${name}`);
      });
    expect(wrong).toEqual([]);
    const unused = Object.entries(uses).map(([folder, used]) => {
      const imports = modules
        .filter(({ file }) => file.startsWith(`src/${folder}`))
        .flatMap(({ file }) => valueImports(file));
      return [folder, used.filter(name => !imports.some(imported => folderOf(imported) === name))];
    });
    expect(unused.filter(([, names]) => names?.length !== 0)).toEqual([]);
  });

  it('declares the packages that it imports, and no others', () => {
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const imported = modules
      .filter(({ file }) => !file.startsWith('src/view/page/')) // bundled
      .flatMap(({ imports }) => imports)
      .filter(name => !/^(node:|#)|\.ts$/.test(name))
      .map(name => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
    const read = ['mnist']; // its files are data
    expect(Object.keys({ ...dependencies, ...peerDependencies }).sort()).toEqual(
      [...new Set([...imported, ...read])].sort(),
    );
  });

  it('has no export *', () => {
    const wrong = modules.filter(({ file }) => /^export \*/m.test(readFileSync(join(root, file), 'utf8')));
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('has no cycle of values', () => {
    const values = new Map(modules.map(({ file }) => [file, valueImports(file)]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (done.has(file) || path.includes(file)) return;
      for (const next of values.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const { file } of modules) visit(file, []);
    expect(cycles).toEqual([]);
  });
});

/** `src/data/mnist.ts` → `data`, `src/version.ts` → `version` */
const folderOf = (file: string): string => file.split(/[/.]/)[1] ?? '';

function valueImports(file: string): string[] {
  const code = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  return [
    ...code.matchAll(/^(?:import|export) (?!type\b)([^;'"]*?)['"](\.[^'"]+)['"]/gm),
    ...code.matchAll(/(?<!typeof )(import)\(\s*['"](\.[^'"]+)['"]/g),
  ]
    .filter(([, names]) => !/^\{(\s*type [^,}]+,?)+\s*\} from $/.test(names ?? ''))
    .map(([, , name]) => relative(root, resolve(root, dirname(file), name ?? '')).replace(/\.js$/, '.ts'));
}
