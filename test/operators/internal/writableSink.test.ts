import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { concatMap, from, lastValueFrom, type MonoTypeOperatorFunction, Subject } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { jsonLines } from '../../../operators/jsonLines.js';
import { progressBar } from '../../../operators/progressBar.js';
import { epochEnd, epochStart, runStart } from '../../../operators/testing/events.js';
import type { TrainEvent } from '../../../src/event/trainEvent.js';

const root = resolve(import.meta.dirname, '../../..');
const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
afterEach(() => stderr.mockClear());

const events = [runStart(), epochStart(), epochEnd(), epochEnd({ epoch: 1 }), epochEnd({ epoch: 2 })];

/** A run with a turn of the event loop before each event. */
const run = (observer: MonoTypeOperatorFunction<TrainEvent>): Promise<TrainEvent> =>
  lastValueFrom(
    from(events).pipe(
      concatMap(async event => {
        await turn();
        return event;
      }),
      observer,
    ),
  );

/** As standard output is: it outlives its errors, and has a new one for each write. */
function brokenPipe() {
  let writes = 0;
  const stream = new Writable({
    autoDestroy: false,
    write(_chunk, _encoding, done) {
      writes++;
      done();
      process.nextTick(() => stream.emit('error', new Error('write EPIPE')));
    },
  });
  return { stream, writes: () => writes };
}

describe.each([
  ['jsonLines', (stream: Writable) => jsonLines(stream)],
  ['progressBar', (stream: Writable) => progressBar({ stream })],
])('%s into a stream', (name, observer) => {
  it('lets the run go on where nobody reads any more, says so once and writes no further', async () => {
    const { stream, writes } = brokenPipe();
    await expect(run(observer(stream))).resolves.toMatchObject({ epoch: 2 });
    expect(stderr.mock.calls).toEqual([[`gradstream: ${name}: write EPIPE\n`]]);
    expect(writes()).toBe(1);
  });

  it.each([
    ['has ended', (stream: PassThrough) => stream.end()],
    ['was closed', (stream: PassThrough) => stream.destroy()],
  ])('says once that the stream %s', async (_, end) => {
    const stream = new PassThrough().resume();
    end(stream);
    await run(observer(stream));
    expect(stderr.mock.calls).toEqual([[`gradstream: ${name}: the stream has ended, and takes no more\n`]]);
  });

  it('lets a stream say itself what is wrong with it, before it does so', async () => {
    const said: string[] = [];
    stderr.mockImplementation(text => said.push(String(text)) > 0);
    const stream = new PassThrough();
    stream.on('error', ({ message }) => said.push(message));
    // Node sets the error at once and tells of it in the next tick: in between the stream takes nothing.
    stream.destroy(new Error('nobody reads'));
    from(events).pipe(jsonLines(stream)).subscribe();
    await turn();
    await turn();
    expect(said).toEqual(['nobody reads', 'gradstream: jsonLines: nobody reads\n']);
    stderr.mockReturnValue(true);
  });

  it('leaves no listener behind', async () => {
    const stream = new PassThrough().resume();
    for (let i = 0; i < 12; i++) await run(observer(stream));
    await vi.waitFor(() => expect(stream.listenerCount('error')).toBe(0));
  });

  it('has one listener, however many write', async () => {
    const stream = new PassThrough().resume();
    const event$ = new Subject<TrainEvent>();
    const all = Array.from({ length: 12 }, () => event$.pipe(observer(stream)).subscribe());
    event$.next(runStart());
    expect(stream.listenerCount('error')).toBe(1);
    for (const one of all) one.unsubscribe();
    await vi.waitFor(() => expect(stream.listenerCount('error')).toBe(0));
  });

  it('says the first of several errors alone', () => {
    const stream = new PassThrough().resume();
    const subscription = new Subject<TrainEvent>().pipe(observer(stream)).subscribe();
    for (const problem of ['the first', 'the second']) stream.emit('error', new Error(problem));
    subscription.unsubscribe();
    expect(stderr.mock.calls).toEqual([[`gradstream: ${name}: the first\n`]]);
  });

  it('waits for the last write before it takes its listener off', async () => {
    let fail: () => void = () => {};
    const stream = new Writable({
      write(_chunk, _encoding, done) {
        fail = () => done(new Error('too late'));
      },
    });
    await run(observer(stream));
    await turn();
    fail();
    await vi.waitFor(() => expect(stderr.mock.calls).toEqual([[`gradstream: ${name}: too late\n`]]));
    await vi.waitFor(() => expect(stream.listenerCount('error')).toBe(0));
  });

  it.each(['| head -c 1', '2>&1 | head -c 1'])('goes on to the end of a real run in a shell: %s', rest => {
    const program = `
      import { interval, map, take } from 'rxjs';
      import { jsonLines, progressBar } from 'gradstream/operators';
      import { epochEnd } from 'gradstream/testing';
      const stream = process.stdout;
      const observer = { jsonLines: () => jsonLines(stream), progressBar: () => progressBar({ stream }) }.${name}();
      interval(50).pipe(take(12), map(epoch => epochEnd({ epoch })), observer).subscribe({
        complete: () => setTimeout(() => process.exit(7), 100),
      });`;
    const script = `"$0" --input-type=module --eval "$1" ${rest}; exit \${PIPESTATUS[0]}`;
    const { status } = spawnSync('bash', ['-c', script, process.execPath, program], { cwd: root, timeout: 60_000 });
    expect(status).toBe(7);
  });
});
