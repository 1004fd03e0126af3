import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EventServer, type Message } from '../../../src/view/eventServer.js';
import { outputOf, startChild } from '../file/childProcess.js';
import { temporaryFolder } from '../file/temporaryFolder.js';

const HOST = '127.0.0.1';
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** Somebody who asks for the events and reads no more. */
async function sleeper(server: EventServer): Promise<Socket> {
  const { port } = new URL(await server.listen(0));
  const socket = connect(Number(port), HOST);
  ends.push(
    () => socket.destroy(),
    () => server.close(),
  );
  socket.on('error', () => undefined);
  await new Promise<void>(resolve => socket.on('connect', resolve));
  socket.write(`GET /events HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
  await vi.waitFor(() => expect(server.isWatched).toBe(true));
  return socket.pause();
}

const serverOf = (greeting: readonly Message[] = []) => new EventServer(HOST, { page: '', greeting: () => greeting });

describe('EventServer', () => {
  it('drops what one who does not read may miss', async () => {
    const server = serverOf();
    await sleeper(server);
    const text = 'x'.repeat(2 ** 20);
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    for (let i = 0; i < 300; i++) {
      server.send({ type: 'step', text, isPassing: true });
      await new Promise(setImmediate);
    }
    const after = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    expect(after - before).toBeLessThan(50 * 2 ** 20);
    expect(server.isWatched).toBe(true);
  });

  it('lets go one who does not read what nobody may miss', async () => {
    const server = serverOf();
    await sleeper(server);
    const text = 'x'.repeat(2 ** 20);
    for (let i = 0; i < 100 && server.isWatched; i++) {
      server.send({ type: 'train', text });
      await new Promise(setImmediate);
    }
    await vi.waitFor(() => expect(server.isWatched).toBe(false));
  });

  it('keeps no process from ending', async () => {
    const child = await startChild(
      temporaryFolder(),
      'server',
      `import { EventServer } from './src/view/eventServer.ts';
      console.log(await new EventServer('${HOST}', { page: '', greeting: () => [] }).listen(0));`,
    );
    ends.push(() => child.kill());
    expect(await outputOf(child)).toMatch(/^http/);
  });

  it('lets go everybody who still reads soon after it is closed', async () => {
    const server = serverOf([{ type: 'train', text: 'x'.repeat(2 ** 23) }]);
    const socket = await sleeper(server);
    server.close();
    const closed = new Promise(resolve => socket.on('close', resolve));
    await new Promise(resolve => setTimeout(resolve, 1100));
    socket.resume();
    await closed;
    expect(socket.bytesRead).toBeLessThan(2 ** 23);
  });
});
