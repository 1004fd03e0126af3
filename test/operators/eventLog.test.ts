import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { firstValueFrom, from, lastValueFrom, of, toArray } from 'rxjs';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { csvLogger } from '../../operators/csvLogger.js';
import { jsonLines } from '../../operators/jsonLines.js';
import { replay } from '../../operators/replay.js';
import {
  checkpointEvent,
  directiveEvent,
  epochEnd,
  epochStart,
  runEnd,
  runStart,
  stepEvent,
  trainEnd,
  validationEvent,
  warningEvent,
} from '../../operators/testing/events.js';
import { FileFormatError } from '../../src/error/fileFormatError.js';
import type { TrainEvent } from '../../src/event/trainEvent.js';

const folder = mkdtempSync(join(tmpdir(), 'gradstream-test-'));
const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
afterEach(() => stderr.mockClear());
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
const fresh = (): string => join(folder, 'new', `${count++}.log`);

const events: readonly TrainEvent[] = [
  runStart(),
  epochStart(),
  stepEvent({ logs: { loss: Number.NaN } }),
  validationEvent({ logs: { val_loss: Number.POSITIVE_INFINITY } }),
  epochEnd({ logs: { loss: 0.5, accuracy: -0 } }),
  checkpointEvent(),
  directiveEvent({ type: 'stop', by: 'NaN', reason: 'Infinity' }),
  warningEvent({ message: 'two\nlines' }),
  epochEnd({ epoch: 1, logs: { loss: 0.25, accuracy: 1e-7 } }),
  trainEnd(),
  runEnd(),
];

const through = (...operators: ReturnType<typeof jsonLines>[]): Promise<TrainEvent[]> =>
  lastValueFrom(operators.reduce((stream, operator) => stream.pipe(operator), from(events)).pipe(toArray()));

const readAll = (file: string): Promise<TrainEvent[]> => lastValueFrom(replay(file).pipe(toArray()));

describe('jsonLines and replay', () => {
  it('take a byte order mark before the events', async () => {
    const file = fresh();
    await through(jsonLines(file));
    writeFileSync(file, `\uFEFF${readFileSync(file, 'utf8')}`);
    expect(await readAll(file)).toEqual(events);
  });

  it('pass over empty lines', async () => {
    const file = fresh();
    await through(jsonLines(file));
    writeFileSync(file, `\n${readFileSync(file, 'utf8').replaceAll('\n', '\r\n\r\n')}`);
    expect(await readAll(file)).toEqual(events);
  });

  it('give back every event as it was, frozen', async () => {
    const file = fresh();
    expect(await through(jsonLines(file))).toEqual(events);
    const read = await readAll(file);
    expect(read).toEqual(events);
    const parts = read.flatMap(event => [event, ...Object.values(event).filter(part => typeof part === 'object')]);
    expect(parts.every(part => Object.isFrozen(part))).toBe(true);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(events.length + 1);
  });

  it('leave out the pixels that events of filter pictures have', async () => {
    const file = fresh();
    const picture = { data: new Uint8Array(3), rows: 1, columns: 1, channels: 3 };
    const pictured = [
      { ...stepEvent(), previews: [picture] },
      { ...epochEnd(), picture },
    ];
    await lastValueFrom(from(pictured).pipe(jsonLines(file)));
    expect(await readAll(file)).toEqual([stepEvent(), epochEnd()]);
  });

  it('can be subscribed to twice', async () => {
    const file = fresh();
    await through(jsonLines(file));
    const events$ = replay(file);
    expect(await firstValueFrom(events$)).toEqual(events[0]);
    expect(await firstValueFrom(events$)).toEqual(events[0]);
  });

  it('begin the file anew, or add to it where they are told to', async () => {
    const file = fresh();
    await through(jsonLines(file));
    await through(jsonLines(file, { append: true }));
    expect(await readAll(file)).toHaveLength(2 * events.length);
    await through(jsonLines(file));
    expect(await readAll(file)).toHaveLength(events.length);
  });

  it('write to a stream too, and leave it open', async () => {
    const stream = new PassThrough();
    await through(jsonLines(stream));
    expect(stream.writableEnded).toBe(false);
    expect((await text(stream.end())).split('\n')).toHaveLength(events.length + 1);
  });

  it('let the run go on where the stream fails, and say so once', async () => {
    const stream = new PassThrough();
    const written = through(jsonLines(stream));
    stream.destroy(new Error('pipe broken'));
    expect(await written).toEqual(events);
    await vi.waitFor(() => expect(stderr.mock.calls).toEqual([['gradstream: jsonLines: pipe broken\n']]));
    expect(await through(jsonLines(stream))).toEqual(events);
  });

  it('feed other observers as the run did', async () => {
    const [file, live, replayed] = [fresh(), fresh(), fresh()];
    await through(jsonLines(file), csvLogger(live));
    await lastValueFrom(replay(file).pipe(csvLogger(replayed)));
    expect(readFileSync(replayed)).toEqual(readFileSync(live));
  });

  it('leave out a last line that was cut, at whatever byte, and say so', async () => {
    const file = fresh();
    await through(jsonLines(file));
    const whole = readFileSync(file);
    const lastLine = whole.lastIndexOf(0x0a, whole.length - 2) + 1;
    for (const end of [lastLine + 1, lastLine + 20, whole.length - 2, whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, end));
      expect(await readAll(file)).toEqual(events.slice(0, -1));
      expect(stderr.mock.lastCall?.[0]).toMatch(/line 11 was cut off/);
    }
  });

  it.each([
    ['{"type":"step"', /not JSON/],
    ['{"type":"stride"}', /its type is none of runStart, /],
    ['[]', /not an event/],
    ['null', /not an event/],
  ])('name the line that is no event: %s', async (line, message) => {
    const file = fresh();
    await through(jsonLines(file));
    writeFileSync(file, `${line}\n`, { flag: 'a' });
    await expect(readAll(file)).rejects.toThrow(FileFormatError);
    await expect(readAll(file)).rejects.toThrow(/line 12: /);
    await expect(readAll(file)).rejects.toThrow(message);
  });

  it('raise where there is no file', async () => {
    await expect(readAll(join(folder, 'none'))).rejects.toThrow(/ENOENT/);
  });
});

describe('csvLogger', () => {
  it('writes a line as soon as its epoch has ended', () => {
    const file = fresh();
    const texts: string[] = [];
    from(events)
      .pipe(csvLogger(file))
      .subscribe(() => texts.push(readFileSync(file, 'utf8')));
    expect(texts[0]).toBe('');
    expect(texts[4]).toBe('epoch,accuracy,loss,val_accuracy,val_loss\r\n0,-0.0,0.5,NA,NA\r\n');
    expect(texts.at(-1)).toBe(`${texts[4]}1,1e-07,0.25,NA,NA\r\n`);
  });

  it('adds to a file without a second header where it is told to', async () => {
    const file = fresh();
    await through(csvLogger(file, { append: true }));
    const once = readFileSync(file, 'utf8');
    await through(csvLogger(file, { append: true }));
    expect(readFileSync(file, 'utf8')).toBe(once + once.slice(once.indexOf('\n') + 1));
    await through(csvLogger(file));
    expect(readFileSync(file, 'utf8')).toBe(once);
  });

  it('says so where the file that it adds to has other columns', async () => {
    const file = fresh();
    await through(csvLogger(file, { append: true }));
    await through(csvLogger(file, { append: true }));
    expect(stderr).not.toHaveBeenCalled();
    const validated = epochEnd({ logs: { loss: 1, val_loss: 2 } });
    await lastValueFrom(of(validated, validated).pipe(csvLogger(file, { append: true })));
    expect(stderr.mock.calls).toEqual([
      [
        expect.stringMatching(
          /has the columns epoch,accuracy,.*, but this run's are epoch,loss,val_loss: .*another file/,
        ),
      ],
    ]);
  });

  it.skipIf(process.platform === 'win32')('looks at the first line alone of a file that it adds to', async () => {
    const file = fresh();
    await through(csvLogger(file));
    const tooLongForText = 2 ** 30;
    truncateSync(file, tooLongForText);
    await through(csvLogger(file, { append: true }));
    expect(stderr).not.toHaveBeenCalled();
    expect(statSync(file).size).toBeGreaterThan(tooLongForText);
    rmSync(file);
  });

  it('empties an old file even if no epoch ends', () => {
    const file = fresh();
    mkdirSync(join(folder, 'new'), { recursive: true });
    writeFileSync(file, 'old');
    from([runStart()]).pipe(csvLogger(file)).subscribe();
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  it.each(['csvLogger', 'jsonLines'])(
    '%s lets the run go on where the file cannot be written, and says so once',
    async name => {
      const blocked = join(folder, 'blocked');
      writeFileSync(blocked, '');
      const operator = name === 'csvLogger' ? csvLogger(join(blocked, 'log')) : jsonLines(join(blocked, 'log'));
      expect(await through(operator)).toEqual(events);
      expect(stderr).toHaveBeenCalledTimes(1);
      expect(stderr.mock.lastCall?.[0]).toMatch(new RegExp(`gradstream: ${name}: E(EXIST|NOTDIR)`));
    },
  );

  it.skipIf(process.platform !== 'linux').each(['csvLogger', 'jsonLines'])(
    '%s lets the run go on when the disk is full',
    async name => {
      expect(await through(name === 'csvLogger' ? csvLogger('/dev/full') : jsonLines('/dev/full'))).toEqual(events);
      expect(stderr).toHaveBeenCalledTimes(1);
      expect(stderr.mock.lastCall?.[0]).toMatch(/ENOSPC/);
    },
  );

  it('refuses a separator that cannot be meant, before anything is written', () => {
    expect(() => csvLogger(fresh(), { separator: ';;' })).toThrow(/separator/);
  });
});
