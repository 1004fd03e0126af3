import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchFrom } from '../../file/fetchFrom.js';
import { homeFolder } from '../../file/homeFolder.js';

/**
 * The addresses of the package indexes that pip would ask, in its order: those that a user has set, in the environment or else in
 * pip's configuration files; where no main one is set, the public one. Empty where indexes are forbidden (`PIP_NO_INDEX`).
 */
export async function packageIndexes(env: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const home = homeFolder();
  const settingsFolder = env.XDG_CONFIG_HOME || (home && join(home, '.config'));
  const files = [
    env.PIP_CONFIG_FILE,
    settingsFolder && join(settingsFolder, 'pip', 'pip.conf'),
    home && join(home, '.pip', 'pip.conf'),
    env.APPDATA && join(env.APPDATA, 'pip', 'pip.ini'),
    '/etc/pip.conf',
  ];
  const settings = files.map(file => (file ? read(file) : ''));
  const setting = (name: string): string | undefined => {
    const line = new RegExp(`^[ \\t]*${name}[ \\t]*[=:][ \\t]*(\\S+)`, 'm');
    return settings.map(text => line.exec(text)?.[1]).find(value => value !== undefined);
  };
  if (/^(1|true|yes|on)$/i.test(env.PIP_NO_INDEX || setting('no-index') || '')) return [];
  const main = env.PIP_INDEX_URL || setting('index-url') || (await publicIndex());
  const extra = env.PIP_EXTRA_INDEX_URL || setting('extra-index-url');
  return [main, ...(extra?.split(/\s+/) ?? [])].filter(url => url !== undefined && URL.canParse(url)) as string[];
}

/**
 * Where Python's packages are for everybody: what a package URL of type `pypi` stands for. Source: the purl specification.
 * Its library is loaded when it is needed, which is once in a machine's life.
 */
async function publicIndex(): Promise<string | undefined> {
  const { PackageURL, UrlConverter } = await import('@socketregistry/packageurl-js');
  const project = UrlConverter.toDownloadUrl(PackageURL.fromString('pkg:pypi/tensorflow@0'));
  return project && new URL('..', project.url).href;
}

/**
 * The address of a project's file on an index, by the simple repository API; undefined where the index lacks it.
 * Source: Python packaging's "Simple repository API" (PEP 503 for HTML, PEP 691 for JSON).
 *
 * @throws Error where the index doesn't answer
 */
export async function addressOnIndex(
  index: string,
  project: string,
  fileName: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const page = `${index.replace(/\/+$/, '')}/${project}/`;
  const timeout = AbortSignal.timeout(30_000);
  const response = await fetchFrom(page, {
    headers: { accept: 'application/vnd.pypi.simple.v1+json, text/html;q=0.2' },
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const url = isJson ? fromJson(text, fileName) : fromHtml(text, fileName);
  return url === undefined ? undefined : withLoginOf(index, new URL(url, response.url));
}

/** What the same server has needs the same user and password, as pip does it. */
function withLoginOf(index: string, file: URL): string {
  const { origin, username, password } = new URL(index);
  return file.origin === origin && file.username === '' ? Object.assign(file, { username, password }).href : file.href;
}

function fromJson(text: string, fileName: string): string | undefined {
  const { files = [] } = JSON.parse(text) as { files?: { filename: string; url: string }[] };
  return files.find(file => file.filename === fileName)?.url;
}

function fromHtml(text: string, fileName: string): string | undefined {
  for (const [, href = ''] of text.matchAll(/<a\s[^>]*href="([^"]+)"/gi)) {
    const url = href.replaceAll('&amp;', '&');
    if (url.split(/[?#]/)[0]?.endsWith(fileName) === true) return url;
  }
  return undefined;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
