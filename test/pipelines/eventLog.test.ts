import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { from, lastValueFrom, toArray } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { replay } from '../../operators/replay.js';
import { epochEnd, runEnd, runStart, stepEvent, warningEvent } from '../../operators/testing/events.js';
import { eventLog } from '../../pipelines/eventLog.js';
import type { TrainEvent } from '../../src/event/trainEvent.js';
import { temporaryFolder } from '../src/file/temporaryFolder.js';

const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
afterEach(() => stderr.mockClear());

const steps = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => stepEvent({ step: first + i, iterations: first + i + 1 }));
const resumed = (events: number) => runStart({ resumedFrom: { epoch: 0, step: 0, iterations: 0, events } });

const log = (file: string, events: readonly TrainEvent[]) =>
  lastValueFrom(from(events).pipe(eventLog(file), toArray()));
const read = (file: string) => lastValueFrom(replay(file).pipe(toArray()));

describe('the event log', () => {
  it('passes every event on', async () => {
    const events = [resumed(0), ...steps(0, 2)];
    expect(await log(join(temporaryFolder(), 'new', 'log'), events)).toEqual(events);
  });

  it('is cut back where the run goes on, without what only the resumption has', async () => {
    const file = join(temporaryFolder(), 'log');
    await log(file, [runStart(), ...steps(0, 5)]);
    await log(file, [resumed(3), warningEvent(), ...steps(2, 2), warningEvent(), epochEnd(), runEnd()]);
    expect(await read(file)).toEqual([runStart(), ...steps(0, 4), warningEvent(), epochEnd(), runEnd()]);
  });

  it('is cut back to the last whole line, however long it is', async () => {
    const file = join(temporaryFolder(), 'log');
    const long = warningEvent({ message: 'x'.repeat(700_000) });
    await log(file, [runStart(), ...steps(0, 1), long, long, long, ...steps(1, 2)]);
    writeFileSync(file, '{"type":', { flag: 'a' });
    await log(file, [resumed(5), runEnd()]);
    expect(await read(file)).toEqual([runStart(), ...steps(0, 1), long, long, long, runEnd()]);
    expect(stderr).not.toHaveBeenCalled();
  });

  it('begins anew with a run that does', async () => {
    const file = join(temporaryFolder(), 'log');
    await log(file, [runStart(), ...steps(0, 5)]);
    await log(file, [runStart(), runEnd()]);
    expect(await read(file)).toEqual([runStart(), runEnd()]);
  });

  it('says what it lacks, and goes on', async () => {
    const file = join(temporaryFolder(), 'log');
    await log(file, [runStart(), ...steps(0, 1)]);
    await log(file, [resumed(4), runEnd()]);
    expect(stderr.mock.calls.join()).toContain('lacks 2 of the 4 events');
    expect(await read(file)).toEqual([runStart(), ...steps(0, 1), runEnd()]);
    stderr.mockClear();
    const gone = join(temporaryFolder(), 'gone');
    await log(gone, [resumed(4), runEnd()]);
    expect(stderr.mock.calls.join()).toContain('is gone');
    expect(await read(gone)).toEqual([runEnd()]);
  });

  it.each(['', '{"type":'])('goes on in a file without one whole line: %j', async text => {
    const file = join(temporaryFolder(), 'log');
    writeFileSync(file, text);
    await log(file, [resumed(4), runEnd()]);
    expect(stderr.mock.calls.join()).toContain('lacks 4 of the 4 events');
    expect(await read(file)).toEqual([runEnd()]);
  });

  it('that cannot be written disturbs nothing', async () => {
    const folder = temporaryFolder();
    expect(await log(folder, [runStart(), runEnd()])).toHaveLength(2);
    expect(stderr).toHaveBeenCalledTimes(1);
    expect(existsSync(folder)).toBe(true);
  });

  it('has one line an event', async () => {
    const file = join(temporaryFolder(), 'log');
    await log(file, [runStart(), runEnd()]);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3);
  });
});
