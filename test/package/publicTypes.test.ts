import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../dist');
const entries = ['src', 'operators', 'pipelines', 'operators/testing'].map(folder => join(folder, 'index.d.ts'));

/** A module's declarations, as they are published. */
interface Declarations {
  /** Text of each declaration, by the name that it has there. */
  readonly texts: ReadonlyMap<string, string>;
  /** Where a name comes from that is imported, or exported again, from another module of ours. */
  readonly origins: ReadonlyMap<string, { readonly file: string; readonly name: string }>;
  readonly exported: readonly string[];
}

const modules = new Map<string, Declarations>();

function declarationsOf(file: string): Declarations {
  const known = modules.get(file);
  if (known !== undefined) return known;
  const code = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const [texts, origins] = [new Map<string, string>(), new Map<string, { file: string; name: string }>()];
  const exported: string[] = [];
  for (const statement of code.split(/\n(?=(?:export|import|declare|interface|type|class|function)\b)/)) {
    const list = /^(import|export)\s+(?:type\s+)?\{([^}]*)\}\s*from\s*'(\.[^']*)\.js'/.exec(statement);
    const declared = /^(export )?(?:declare )?(?:abstract )?(?:interface|type|class|function|const) (\w+)/.exec(
      statement,
    );
    for (const item of list?.[2].split(',') ?? []) {
      const [name = '', own = name] = item
        .trim()
        .replace(/^type /, '')
        .split(' as ');
      if (name === '') continue;
      origins.set(own, { file: join(dirname(file), `${list?.[3]}.d.ts`), name });
      if (list?.[1] === 'export') exported.push(own);
    }
    if (declared === null) continue;
    const [, isExported, name = ''] = declared;
    texts.set(name, (texts.get(name) ?? '') + statement);
    if (isExported !== undefined) exported.push(name);
  }
  const found = { texts, origins, exported };
  modules.set(file, found);
  return found;
}

/** What is named in public, but for the project itself alone. */
const internal: readonly RegExp[] = [
  // Classes that layers have in common, and tfjs's names for what they take.
  / of src\/layer\//,
  // What a policy keeps is plain data to all others; what a recipe takes comes from the command line.
  /State of src\/policy\//,
  /Flags of pipelines\/recipes\//,
  // Tables whose keys are a type.
  /^[A-Z_]+ of /,
  / of src\/native\/install\//,
  /^(Asked|Given|Parameters|RateWriters|Subscribable) of /,
];

/** The module in which something is declared, and its name there. */
function declaredIn(file: string, name: string): { readonly file: string; readonly name: string } | undefined {
  const { texts, origins } = declarationsOf(file);
  if (texts.has(name)) return { file, name };
  const origin = origins.get(name);
  return origin && declaredIn(origin.file, origin.name);
}

it('every type that a public declaration names is public', () => {
  const published = entries.flatMap(entry =>
    declarationsOf(entry).exported.map(name => declaredIn(entry, name) ?? { file: entry, name }),
  );
  const keys = new Set(published.map(({ file, name }) => `${name} of ${file}`));
  expect(keys.size).toBeGreaterThan(300);
  const named = published.flatMap(({ file, name }) => {
    const text = declarationsOf(file).texts.get(name) ?? '';
    const visible = text.replace(/^\s*private .*$/gm, '').replace(/'[^']*'/g, '');
    return [...new Set(visible.match(/\b[A-Z]\w+/g))].flatMap(word => {
      const at = declaredIn(file, word);
      return at === undefined ? [] : [`${at.name} of ${at.file}`];
    });
  });
  const unnameable = [...new Set(named)].filter(key => !keys.has(key) && !internal.some(rule => rule.test(key)));
  expect(unnameable.toSorted()).toEqual([]);
});

it('takes no type from a bundle that has no declarations, which projects that check these would be told of', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.d.ts'));
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter(file => /from '#/.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});
