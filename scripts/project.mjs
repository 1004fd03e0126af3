// What the scripts share: where the project is, what is newer, and taking turns.
import { spawn } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const SOURCES = [
  'src',
  'operators',
  'pipelines',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'scripts/build.mjs',
];

/** The time of the newest source file, in milliseconds. A folder's own time tells of files that were removed. */
export function newestSource() {
  return Math.max(...SOURCES.map(name => newestIn(join(root, name))));
}

function newestIn(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  let newest = found.mtimeMs;
  if (!found.isDirectory()) return newest;
  for (const entry of readdirSync(path)) newest = Math.max(newest, newestIn(join(path, entry)));
  return newest;
}

/** Installs the packages where they are missing or older than the lock file; npm's words go to stderr. */
export async function installPackages() {
  if (packagesAreCurrent()) return;
  await withLock('installing', async () => {
    if (packagesAreCurrent()) return;
    console.error('Installing the npm packages (npm ci) ...');
    const [npm, shell] = process.platform === 'win32' ? ['npm.cmd', true] : ['npm', false];
    if ((await run(npm, ['ci', '--loglevel=error', '--no-update-notifier'], { shell })) !== 0) {
      throw new Error("npm ci failed, see above. Is npm's registry reachable (npm ping)?");
    }
    utimesSync(installedList, new Date(), new Date());
  });
}

const installedList = join(root, 'node_modules/.package-lock.json');

function packagesAreCurrent() {
  const installed = statSync(installedList, { throwIfNoEntry: false });
  return installed !== undefined && installed.mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

/** Runs a program in the project's folder and gives its exit status; stdout goes to stderr unless told otherwise. */
export function run(program, args, { shell = false, stdout = 2, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', stdout, 2], shell, env });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal === null ? code : 1));
  });
}

/** Runs one of the project's own tools on this very Node. */
export function runNode(args, options) {
  return run(process.execPath, args, options);
}

const STALE_MS = 30_000;

/** Runs `action` while no other process does so under this name; a lock whose holder is gone is broken. */
export async function withLock(name, action) {
  const lock = join(root, 'dist', `.${name}`);
  mkdirSync(join(root, 'dist'), { recursive: true });
  while (!take(lock)) {
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    else await sleep(100);
  }
  const heartbeat = setInterval(() => utimesSync(lock, new Date(), new Date()), 2_000);
  try {
    return await action();
  } finally {
    clearInterval(heartbeat);
    rmSync(lock, { force: true });
  }
}

function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function isAbandoned(lock) {
  const held = statSync(lock, { throwIfNoEntry: false });
  if (held === undefined) return false;
  if (Date.now() - held.mtimeMs > STALE_MS) return true;
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** True where a script was started itself, not imported by another one. */
export function isMain(url) {
  return process.argv[1] !== undefined && url === pathToFileURL(realpathSync(process.argv[1])).href;
}
