import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { from, lastValueFrom, Subject, toArray } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type RemoteMonitorOptions, remoteMonitor } from '../../operators/remoteMonitor.js';
import { epochEnd, runStart, stepEvent } from '../../operators/testing/events.js';
import type { TrainEvent } from '../../src/event/trainEvent.js';

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
const servers: Server[] = [];
afterEach(() => {
  stderr.mockClear();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server on the loopback; `status` null never answers. */
async function serve(status: number | null): Promise<{ root: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ method: request.method, url: request.url, headers: request.headers, body });
    if (status !== null) response.writeHead(status).end('thanks');
  });
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { root: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

const events = [
  runStart(),
  stepEvent(),
  epochEnd({ epoch: 0, logs: { loss: 0.5 } }),
  stepEvent(),
  epochEnd({ epoch: 1, logs: { loss: Number.NaN } }),
];

const run = (options: RemoteMonitorOptions) => lastValueFrom(from(events).pipe(remoteMonitor(options), toArray()));

describe('remoteMonitor', () => {
  it.each([1500.5, 1e10, Number.POSITIVE_INFINITY])('posts with a timeout of %d', async timeout => {
    const { root, received } = await serve(200);
    await run({ root, timeout });
    await vi.waitFor(() => expect(received).toHaveLength(2));
    expect(stderr).not.toHaveBeenCalled();
  });

  it('posts each epoch as a form field of JSON, in order', async () => {
    const { root, received } = await serve(200);
    expect(await run({ root, headers: { 'x-run': '7' } })).toEqual(events);
    await vi.waitFor(() => expect(received).toHaveLength(2));
    expect(received.map(({ body }) => new URLSearchParams(body).get('data'))).toEqual([
      '{"epoch":0,"loss":0.5}',
      '{"epoch":1,"loss":"NaN"}',
    ]);
    const [{ method, url, headers }] = received;
    expect([method, url, headers['x-run'], headers['content-type']]).toEqual([
      'POST',
      '/publish/epoch/end/',
      '7',
      'application/x-www-form-urlencoded;charset=UTF-8',
    ]);
    expect(stderr).not.toHaveBeenCalled();
  });

  it('posts an epoch that ends long after the one before', async () => {
    const { root, received } = await serve(200);
    const event$ = new Subject<TrainEvent>();
    const subscription = event$.pipe(remoteMonitor({ root })).subscribe();
    for (let epoch = 0; epoch < 3; epoch++) {
      event$.next(epochEnd({ epoch }));
      await vi.waitFor(() => expect(received).toHaveLength(epoch + 1));
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    subscription.unsubscribe();
  });

  it('sends the JSON itself where it is told to', async () => {
    const { root, received } = await serve(200);
    await run({ root, path: '/in', sendAsJson: true });
    await vi.waitFor(() => expect(received).toHaveLength(2));
    expect(received[0]).toMatchObject({ url: '/in', body: '{"epoch":0,"loss":0.5}' });
    expect(received[0].headers['content-type']).toBe('application/json');
  });

  const dead = async () => ({ root: 'http://127.0.0.1:1' });
  it.each<[string, () => Promise<{ root: string }>, number, RegExp]>([
    ['is dead', dead, 5000, /127\.0\.0\.1:1\/.*ECONNREFUSED|bad port/],
    ['hangs', () => serve(null), 300, /timeout/],
    ['refuses', () => serve(500), 5000, /answered 500/],
  ])('lets the run go on at once where the server %s, and says so once', async (_, start, timeout, message) => {
    const { root } = await start();
    const began = performance.now();
    expect(await run({ root, timeout })).toEqual(events);
    expect(performance.now() - began).toBeLessThan(250);
    await vi.waitFor(() => expect(stderr).toHaveBeenCalled());
    await new Promise(resolve => setTimeout(resolve, 350));
    expect(stderr).toHaveBeenCalledTimes(1);
    expect(stderr.mock.lastCall?.[0]).toMatch(message);
  });

  it('drops the oldest epochs where too many wait for a slow server', async () => {
    const { root } = await serve(null);
    const many = Array.from({ length: 150 }, (_, epoch) => epochEnd({ epoch }));
    await lastValueFrom(from(many).pipe(remoteMonitor({ root, timeout: 60_000 }), toArray()));
    expect(stderr.mock.calls).toHaveLength(1);
    expect(stderr.mock.lastCall?.[0]).toMatch(/epochs were dropped/);
  });

  it('gives up on what waits when the run has ended', async () => {
    const { root, received } = await serve(null);
    const many = Array.from({ length: 20 }, (_, epoch) => epochEnd({ epoch }));
    await lastValueFrom(from(many).pipe(remoteMonitor({ root, timeout: 40 }), toArray()));
    await new Promise(resolve => setTimeout(resolve, 400));
    expect(received.length).toBeGreaterThan(0);
    expect(received.length).toBeLessThan(5);
  });

  it('refuses a root that is no URL, and a timeout that is none', () => {
    expect(() => remoteMonitor({ root: 'nowhere' })).toThrow(/'nowhere/);
    expect(() => remoteMonitor({ root: 'localhost:9000' })).toThrow(/'localhost:9000.*begin root with http:\/\//);
    expect(() => remoteMonitor({ root: 'HTTPS://example.org' })).not.toThrow();
    expect(() => remoteMonitor({ root: 'http://', path: '' })).toThrow(/root and path make no URL: 'http:\/\/'/);
    expect(() => remoteMonitor({ timeout: 0.5 })).not.toThrow();
    expect(() => remoteMonitor({ timeout: 0 })).toThrow(/timeout .* got 0/);
  });
});
