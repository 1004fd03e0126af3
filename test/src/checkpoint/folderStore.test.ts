import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderStore } from '../../../src/checkpoint/folderStore.js';
import type { Snapshot } from '../../../src/checkpoint/snapshot.js';
import { readSnapshotBytes, writeSnapshotBytes } from '../../../src/checkpoint/snapshotBytes.js';
import { FileAccessError } from '../../../src/error/fileAccessError.js';
import { FileFormatError } from '../../../src/error/fileFormatError.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { NewerFormatError } from '../../../src/error/newerFormatError.js';
import { RunFolderInUseError } from '../../../src/error/runFolderInUseError.js';
import { writeSafetensors } from '../../../src/file/safetensors.js';
import { outputOf, startChild } from '../file/childProcess.js';
import { temporaryFolder } from '../file/temporaryFolder.js';

/** Every type of array and of number that a snapshot can have. */
const snapshotAt = (iterations: number): Snapshot => ({
  run: {
    seed: 7,
    epochs: 3,
    epoch: 1,
    step: 2,
    iterations,
    cursor: { epoch: 1, position: 8 },
    batches: 2,
    events: iterations + 5,
    stopped: null,
    sums: [0.1 + 0.2, Number.NaN, Number.NEGATIVE_INFINITY, -0],
    rate: { overwritten: null, scale: 1 / 3, atLeast: 0 },
    rateWriters: { setters: [], scalers: ['a'] },
    policies: { 'earlyStopping(val_loss)': { best: Number.POSITIVE_INFINITY, wait: 0, name: 'NaN' }, empty: null },
    averages: { checkpoints: true },
    onException: [{ type: 'saveCheckpoint', by: 'a', file: 'a.h5', when: 'exception' }],
    logs: { loss: 0.5 },
    setup: { config: { batchSize: 4 } },
  },
  learner: {
    weights: [
      { name: 'dense/kernel', shape: [2, 2], data: Float32Array.of(1, Number.NaN, -0, 1e-40) },
      { name: 'dense/count', shape: [], data: Int32Array.of(iterations) },
      { name: 'dense/flags', shape: [3], data: Uint8Array.of(0, 1, 255) },
    ],
    slots: [{ name: 'dense/kernel/velocity', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
  },
  remembered: { 'best/of: all': [{ name: 'dense/kernel', shape: [1], data: Float32Array.of(9) }], none: [] },
});

async function saved(folder: string, ...iterations: number[]): Promise<string[]> {
  const writer = await folderStore(folder).open({ resume: true });
  const places: string[] = [];
  for (const count of iterations) places.push(await writer.save(snapshotAt(count)));
  await writer.close();
  return places;
}

const latestOf = async (folder: string): Promise<number | undefined> =>
  (await folderStore(folder).latest())?.snapshot.run.iterations;

describe('a folder of snapshots', () => {
  it('gives back exactly what was saved', async () => {
    const folder = join(temporaryFolder(), 'new', 'run');
    await saved(folder, 4);
    const found = await folderStore(folder).latest();
    expect(found).toEqual({ snapshot: snapshotAt(4), damaged: [] });
    expect(Object.is(found?.snapshot.run.sums[3], -0)).toBe(true);
    expect(Object.is(found?.snapshot.learner.weights[0].data[2], -0)).toBe(true);
  });

  it('has none to begin with', async () => {
    expect(await folderStore(join(temporaryFolder(), 'none')).latest()).toBeNull();
  });

  it('keeps the newest ones, and nothing but them', async () => {
    const folder = temporaryFolder();
    await saved(folder, 998, 1000, 999_999_999, 1_000_000_000);
    expect(readdirSync(folder).sort()).toEqual(['step-1000000000-event-1000000005', 'step-999999999-event-1000000004']);
    expect(await latestOf(folder)).toBe(1_000_000_000);
  });

  it('keeps as many as it is told to', async () => {
    const folder = temporaryFolder();
    const writer = await folderStore(folder, { keep: 1 }).open({ resume: true });
    for (const iterations of [1, 2]) await writer.save(snapshotAt(iterations));
    await writer.close();
    expect(readdirSync(folder)).toEqual(['step-000000002-event-000000007']);
  });

  it('gives back what a run may have or not have, either way', () => {
    const { run, ...rest } = snapshotAt(4);
    const other = {
      ...run,
      stopped: 'patience',
      rate: { ...run.rate, overwritten: 0.1 },
      averages: { checkpoints: false, by: 'swapEma' },
      validationDue: true,
    };
    for (const given of [other, { ...run, averages: null }]) {
      expect(readSnapshotBytes(writeSnapshotBytes({ ...rest, run: given })).run).toEqual(given);
    }
  });

  it('leaves other files alone, and removes what a killed run was writing', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'events.jsonl'), '');
    mkdirSync(join(folder, 'step-000000009-event-000000010.123-abc.tmp'));
    await saved(folder, 3);
    expect(readdirSync(folder)).toEqual(['events.jsonl', 'step-000000003-event-000000008']);
  });

  it('takes weights that are read by any program for safetensors', async () => {
    const [place] = await saved(temporaryFolder(), 3);
    const bytes = readFileSync(join(place, 'weights.safetensors'));
    const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString());
    expect(header['dense/kernel']).toMatchObject({ dtype: 'F32', shape: [2, 2] });
  });

  it('is refused to a new run that would drop what it holds', async () => {
    const folder = temporaryFolder();
    await saved(folder, 3);
    await expect(folderStore(folder).open({ resume: false })).rejects.toThrow(InvalidArgumentError);
    await (await folderStore(folder).open({ resume: true })).close();
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('is refused to two runs at once', async () => {
    const folder = temporaryFolder();
    const writer = await folderStore(folder).open({ resume: true });
    await expect(folderStore(folder).open({ resume: true })).rejects.toThrow(RunFolderInUseError);
    await writer.close();
    await (await folderStore(folder).open({ resume: true })).close();
  });

  it('is given to the next run at once where its owner was killed', async () => {
    const folder = temporaryFolder();
    const script = `import { folderStore } from './src/checkpoint/folderStore.js';
      folderStore(${JSON.stringify(join(folder, 'run'))}).open({ resume: true }).then(() => process.kill(process.pid, 'SIGKILL'));`;
    await outputOf(await startChild(folder, 'owner', script));
    expect(existsSync(join(folder, 'run', 'run.lock'))).toBe(true);
    await saved(join(folder, 'run'), 1);
    expect(readdirSync(join(folder, 'run'))).toEqual(['step-000000001-event-000000006']);
  });

  it('refuses to keep none', () => {
    expect(() => folderStore('run', { keep: 0 })).toThrow(InvalidArgumentError);
  });

  it.each([
    ['a file where the folder should be', (folder: string) => join(folder, 'file')],
    ['a file above it', (folder: string) => join(folder, 'file', 'run')],
  ])('that cannot be written is said: %s', async (_, place) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    await expect(folderStore(place(folder)).open({ resume: true })).rejects.toThrow(FileAccessError);
  });

  it('has the older snapshot still where a new one cannot be written', async () => {
    const folder = temporaryFolder();
    await saved(folder, 1);
    const writer = await folderStore(folder).open({ resume: true });
    const [array] = snapshotAt(2).learner.weights;
    const impossible = { ...snapshotAt(2), learner: { weights: [array, array], slots: [] } };
    await expect(writer.save(impossible)).rejects.toThrow('used twice');
    await writer.close();
    expect(await latestOf(folder)).toBe(1);
    expect(readdirSync(folder)).toHaveLength(1);
  });
});

/** Changes a file, and the manifest so that size and checksum are right again. */
function forge(place: string, file: string, bytes: Uint8Array): void {
  writeFileSync(join(place, file), bytes);
  const manifest = JSON.parse(readFileSync(join(place, 'manifest.json'), 'utf8'));
  manifest.files[file] = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  writeFileSync(join(place, 'manifest.json'), JSON.stringify(manifest));
}

/** Changes fields of the manifest. */
function forgeManifest(place: string, change: (manifest: Record<string, never>) => object): void {
  const file = join(place, 'manifest.json');
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
}

function forgeRun(place: string, change: object): void {
  const run = JSON.parse(readFileSync(join(place, 'run.json'), 'utf8'));
  forge(place, 'run.json', Buffer.from(JSON.stringify({ ...run, ...change })));
}

const hugeHeader = Buffer.from([255, 255, 255, 255, 255, 255, 255, 127, 123, 125]);
const pastTheEnd = (() => {
  const header = Buffer.from(JSON.stringify({ w: { dtype: 'F32', shape: [9], data_offsets: [0, 36] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header]);
})();

describe('a damaged or hostile snapshot', () => {
  const damages: [string, (place: string) => void, RegExp][] = [
    ['is truncated', place => truncateSync(join(place, 'weights.safetensors'), 20), /has 20 bytes, not/],
    ['has an empty file', place => truncateSync(join(place, 'run.json'), 0), /run\.json has 0 bytes/],
    ['lacks a file', place => rmSync(join(place, 'run.json')), /run\.json is missing/],
    ['has nothing as its manifest', place => writeFileSync(join(place, 'manifest.json'), 'null'), /not a JSON object/],
    ['lists no files', place => forgeManifest(place, m => ({ ...m, files: null })), /lists , not weights/],
    [
      'lists too few files',
      place =>
        forgeManifest(place, ({ files, ...m }) => {
          const { 'run.json': _, ...others } = files as Record<string, object>;
          return { ...m, files: others };
        }),
      /lists 'weights\.safetensors', 'optimizer\.safetensors', not/,
    ],
    [
      'says nothing of a file',
      place => forgeManifest(place, m => ({ ...m, files: { ...(m.files as object), 'run.json': null } })),
      /no size and checksum of run\.json/,
    ],
    [
      'has a type that no learner has',
      place => {
        const array = { dtype: 'F64', shape: [1], data: Float64Array.of(1) } as const;
        forge(place, 'weights.safetensors', writeSafetensors([['w', array]]));
      },
      /array 'w' of a type that no learner has/,
    ],
    ['has longer files than it says', place => writeFileSync(join(place, 'run.json'), 'x', { flag: 'a' }), /more than/],
    [
      'has another byte',
      place => {
        const file = join(place, 'optimizer.safetensors');
        const bytes = readFileSync(file);
        bytes[bytes.length - 1] ^= 1;
        writeFileSync(file, bytes);
      },
      /checksum of optimizer\.safetensors is wrong/,
    ],
    ['has no manifest', place => writeFileSync(join(place, 'manifest.json'), ''), /manifest\.json is not JSON/],
    [
      'has a huge manifest',
      place => writeFileSync(join(place, 'manifest.json'), ' '.repeat(1 << 17)),
      /more than 65536/,
    ],
    ['is of another kind', place => forgeManifest(place, m => ({ ...m, format: 'x' })), /not of a checkpoint/],
    ['has no version', place => forgeManifest(place, m => ({ ...m, version: 'x' })), /no version/],
    [
      'has a version before the first',
      place => forgeManifest(place, m => ({ ...m, version: 0 })),
      /has the format 0; formats are/,
    ],
    [
      'has a version between two',
      place => forgeManifest(place, m => ({ ...m, version: 0.5 })),
      /has the format 0\.5; formats/,
    ],
    [
      'names a path outside',
      place =>
        forgeManifest(place, m => ({
          ...m,
          files: { ...(m.files as object), '../../etc/passwd': { bytes: 1, sha256: '' } },
        })),
      /lists .*'\.\.\/\.\.\/etc\/passwd', not/,
    ],
    [
      'names another file in place of one',
      place =>
        forgeManifest(place, ({ files, ...m }) => {
          const { 'run.json': moved, ...others } = files as Record<string, object>;
          return { ...m, files: { ...others, 'runs.json': moved } };
        }),
      /lists .*'runs\.json', not/,
    ],
    [
      'has a size that is none',
      place =>
        forgeManifest(place, m => ({
          ...m,
          files: { ...(m.files as object), 'run.json': { bytes: -0.5, sha256: '' } },
        })),
      /no size and checksum of run\.json/,
    ],
    ['claims a huge header', place => forge(place, 'weights.safetensors', hugeHeader), /header claims/],
    ['has no setup', place => forgeRun(place, { setup: null }), /run\.json lacks a field/],
    ['claims data past its end', place => forge(place, 'weights.safetensors', pastTheEnd), /ends at byte 36/],
    [
      'is a file',
      place => {
        rmSync(place, { recursive: true });
        writeFileSync(place, '');
      },
      /manifest\.json can't be read \(ENOTDIR\)/,
    ],
    [
      'has a folder in place of its manifest',
      place => {
        rmSync(join(place, 'manifest.json'));
        mkdirSync(join(place, 'manifest.json'));
      },
      /manifest\.json can't be read \(EISDIR\)/,
    ],
    [
      'is a link to itself',
      place => {
        rmSync(place, { recursive: true });
        symlinkSync(place, place);
      },
      /manifest\.json can't be read \(ELOOP\)/,
    ],
  ];

  it.each(damages)('that %s is passed over for the one before it, and that is said', async (_, damage, message) => {
    const folder = temporaryFolder();
    const [, newest] = await saved(folder, 1, 2);
    damage(newest);
    const found = await folderStore(folder).latest();
    expect(found?.snapshot).toEqual(snapshotAt(1));
    expect(found?.damaged).toHaveLength(1);
    expect(found?.damaged[0]).toMatch(message);
    expect(found?.damaged[0]).toContain(newest);
  });

  it.each([
    ...Object.keys(snapshotAt(1).run).flatMap(field => [{ [field]: -1 }, { [field]: undefined }]),
    { validationDue: -1 },
    { cursor: { epoch: -1, position: 0 } },
    { cursor: { epoch: 0 } },
    { sums: ['x'] },
    { rate: { overwritten: 'x', scale: 1, atLeast: 0 } },
    { rateWriters: { setters: [], scalers: [1] } },
    { averages: { checkpoints: 1 } },
    { averages: { checkpoints: true, by: 1 } },
    { onException: [{ type: 'stop', by: 'a', file: 'a.h5' }] },
    { logs: { accuracy: 1, loss: 'x' } },
    { remembered: 'x' },
    { remembered: ['best', 1] },
  ])('whose run has %o is no snapshot', change => {
    const files = writeSnapshotBytes(snapshotAt(1));
    const run = JSON.parse(Buffer.from(files['run.json']).toString());
    const forged = Buffer.from(JSON.stringify({ ...run, ...change }));
    expect(() => readSnapshotBytes({ ...files, 'run.json': forged })).toThrow(FileFormatError);
    expect(() => readSnapshotBytes({ ...files, 'run.json': forged })).toThrow('run.json lacks a field');
  });

  it('is an error where there is no whole one', async () => {
    const folder = temporaryFolder();
    for (const place of await saved(folder, 1, 2)) truncateSync(join(place, 'run.json'), 1);
    await expect(folderStore(folder).latest()).rejects.toThrow(FileFormatError);
    await expect(folderStore(folder).latest()).rejects.toThrow(/No checkpoint in .* is whole/);
  });

  it('of a newer format is an error: nothing that it holds may be lost', async () => {
    const folder = temporaryFolder();
    const [, newest] = await saved(folder, 1, 2);
    forgeManifest(newest, manifest => ({ ...manifest, version: 2, library: '9.0.0' }));
    await expect(folderStore(folder).latest()).rejects.toThrow(NewerFormatError);
    await expect(folderStore(folder).latest()).rejects.toThrow(/format 2, written by gradstream 9\.0\.0.*update/);
  });

  it('goes once the run is past an older one, or takes its place again', async () => {
    const folder = temporaryFolder();
    const [, , newest] = await saved(folder, 1, 2, 5);
    truncateSync(join(newest, 'run.json'), 1);
    await saved(folder, 3);
    expect(readdirSync(folder)).toEqual(['step-000000002-event-000000007', 'step-000000003-event-000000008']);
    truncateSync(join(folder, 'step-000000003-event-000000008', 'run.json'), 1);
    await saved(folder, 3);
    expect(await folderStore(folder).latest()).toEqual({ snapshot: snapshotAt(3), damaged: [] });
  });
});
