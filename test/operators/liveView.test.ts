import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lastValueFrom, of, Subject } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type LiveViewOptions, liveView } from '../../operators/liveView.js';
import { epochEnd, runEnd, runStart, stepEvent } from '../../operators/testing/events.js';
import type { TrainEvent } from '../../src/event/trainEvent.js';
import type { FilterEvent } from '../../src/filters/filterEvent.js';
import { itKeepsOperatorHabits } from '../helpers/itKeepsOperatorHabits.js';

const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
  stderr.mockClear();
});

/** A run that is looked at, and where. */
async function shown(options: LiveViewOptions = {}): Promise<{ run: Subject<TrainEvent>; url: string }> {
  const run = new Subject<TrainEvent>();
  const url = await new Promise<string>(onListening => {
    const subscription = run.pipe(liveView({ port: 0, onListening, ...options })).subscribe();
    ends.push(() => subscription.unsubscribe());
  });
  return { run, url };
}

/** Somebody who looks on: what was sent until now, by lines. */
async function reader(url: string) {
  const response = await fetch(`${url}events`);
  let text = '';
  const body = response.body!.pipeThrough(new TextDecoderStream());
  const isOver = (async () => {
    for await (const chunk of body) text += chunk;
  })();
  const messages = () =>
    text
      .split('\n\n')
      .slice(0, -1)
      .map(message => {
        const [type, data] = message.split('\n').map(line => line.slice(line.indexOf(':') + 2));
        return { type, data: JSON.parse(data) };
      });
  return { response, messages, isOver, trained: () => messages().map(({ data }) => data.type) };
}

describe('liveView', () => {
  itKeepsOperatorHabits<TrainEvent, TrainEvent>({
    operator: () => liveView({ port: 0 }),
    values: { a: stepEvent(), b: epochEnd() },
    results: { a: stepEvent(), b: epochEnd() },
  });

  it('serves a page that needs nothing of elsewhere', async () => {
    const { url } = await shown();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    const page = await response.text();
    expect(page).toContain('EventSource');
    expect(page).toContain('.u-legend');
    expect(page.match(/(src|href|import|url)\s*[=(]\s*["']?https?:/g)).toBeNull();
  });

  it('tells who comes what was, then what comes, and ends with the run', async () => {
    const { run, url } = await shown();
    run.next(runStart());
    run.next(epochEnd({ logs: { loss: Number.NaN } }));
    const { response, messages, isOver, trained } = await reader(url);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    await vi.waitFor(() => expect(trained()).toEqual(['runStart', 'epochEnd']));
    expect(messages()[1]).toMatchObject({ type: 'train', data: { logs: { loss: 'NaN' } } });
    run.next(stepEvent());
    await vi.waitFor(() => expect(trained()).toEqual(['runStart', 'epochEnd', 'step']));
    run.next(runEnd());
    run.complete();
    await isOver;
    expect(trained().at(-1)).toBe('runEnd');
    await vi.waitFor(() => expect(fetch(url)).rejects.toThrow());
  });

  it('sends of many steps ten a second', async () => {
    const { run, url } = await shown();
    const { trained } = await reader(url);
    for (let step = 0; step < 1000; step++) run.next(stepEvent({ step }));
    run.next(epochEnd());
    await vi.waitFor(() => expect(trained()).toContain('epochEnd'));
    expect(trained().length).toBeLessThan(10);
  });

  it.each([
    ['rgb', [1, 2, 3]],
    ['bgr', [3, 2, 1]],
  ] as const)('sends pictures of %s apart from the events', async (channelOrder, bytes) => {
    const { run, url } = await shown({ channelOrder });
    const picture = { data: Uint8Array.of(1, 2, 3), rows: 1, columns: 1, channels: 3 };
    const end = { ...epochEnd(), filter: 7, loss: 2.5, picture, dropped: null } satisfies FilterEvent;
    const early = await reader(url);
    await vi.waitFor(() => expect(early.response.ok).toBe(true));
    run.next({ ...stepEvent(), scale: 0, pixels: 1, filters: [7], losses: [2], previews: [picture] } as TrainEvent);
    run.next(end);
    const sent = { name: 'filter 7 · loss 2.5', rows: 1, columns: 1, channels: 3 };
    const base64 = Buffer.from(bytes).toString('base64');
    await vi.waitFor(() => expect(early.messages()).toHaveLength(4));
    expect(early.messages().map(({ type }) => type)).toEqual(['train', 'previews', 'train', 'picture']);
    expect(early.messages()[1].data).toEqual([{ ...sent, name: 'filter 7 · 1 pixels', bytes: base64 }]);
    expect(early.messages()[2].data).not.toHaveProperty('picture');
    expect(early.messages()[3].data).toEqual({ ...sent, bytes: base64 });
    const late = await reader(url);
    await vi.waitFor(() => expect(late.messages().map(({ type }) => type)).toEqual(['train', 'train', 'picture']));
    run.next(runStart());
    const ofNextRun = await reader(url);
    await vi.waitFor(() => expect(ofNextRun.trained()).toEqual(['runStart']));
  });

  it('lets a page of one other place read the events, where that is said', async () => {
    const allowOrigin = 'http://localhost:5173';
    const originOf = async (options?: LiveViewOptions) => {
      const { response } = await reader((await shown(options)).url);
      return response.headers.get('access-control-allow-origin');
    };
    expect([await originOf(), await originOf({ allowOrigin })]).toEqual([null, allowOrigin]);
  });

  it('tells nothing to pages of elsewhere, and of nothing else', async () => {
    const { url } = await shown();
    expect(await statusOf(url, { host: 'evil.example' })).toBe(403);
    expect(await statusOf(`${url}events`, { host: 'evil.example:80' })).toBe(403);
    expect(await statusOf(url, { host: 'no host at all' })).toBe(403);
    expect(await statusOf(url, { host: 'localhost:99' })).toBe(200);
    expect(await statusOf(url, { host: '[::1]:99' })).toBe(200);
    expect(await statusOf(`${url}../etc/passwd`)).toBe(404);
    expect(await statusOf(url, {}, 'POST')).toBe(405);
  });

  it('lets other machines look on where it is told to', async () => {
    const { url } = await shown({ host: '0.0.0.0' });
    const { port } = new URL(url);
    expect(await statusOf(`http://127.0.0.1:${port}/`, { host: 'this.machine' })).toBe(200);
  });

  it('says where it is, and goes on where the port is taken', async () => {
    const taken = createServer();
    await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    ends.push(() => void (taken as Server).close());
    expect(await lastValueFrom(of(runStart(), runEnd()).pipe(liveView({ port })))).toEqual(runEnd());
    await vi.waitFor(() => expect(stderr.mock.lastCall?.[0]).toMatch(new RegExp(`liveView: .*EADDRINUSE.*${port}`)));
    await lastValueFrom(of(runStart(), runEnd()).pipe(liveView()));
    await vi.waitFor(() => expect(stderr.mock.lastCall?.[0]).toMatch(/^Live view: http:\/\/127\.0\.0\.1:\d+\/\n$/));
  });

  it('reports what onListening throws', async () => {
    const onListening = () => {
      throw new Error('no browser');
    };
    await lastValueFrom(of(runStart()).pipe(liveView({ port: 0, onListening })));
    await vi.waitFor(() => expect(stderr.mock.lastCall?.[0]).toMatch(/liveView: no browser/));
  });

  it('takes another port than the usual one where that is taken, unless it is told which', async () => {
    const urls: string[] = [];
    for (const run of [new Subject<TrainEvent>(), new Subject<TrainEvent>()]) {
      const subscription = run.pipe(liveView({ onListening: url => urls.push(url) })).subscribe();
      ends.push(() => subscription.unsubscribe());
    }
    await vi.waitFor(() => expect(urls).toHaveLength(2));
    expect(new Set(urls).size).toBe(2);
    for (const url of urls) expect((await fetch(url)).status).toBe(200);
  });

  it('refuses what is no port and no order', () => {
    expect(() => liveView({ port: -1 })).toThrow(/port must be a whole number from 0 on, got -1/);
    expect(() => liveView({ port: 65535 })).not.toThrow();
    expect(() => liveView({ port: 65536 })).toThrow(/port must be at most 65535, got 65536/);
    expect(() => liveView({ channelOrder: 'grb' as 'rgb' })).toThrow(/grb.*rgb/s);
  });
});

/** By a request that may name another host than it goes to. */
function statusOf(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers, agent: false }, response => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}
