import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { reachableMirrors } from '../../../src/data/reachableMirrors.js';
import { DownloadError } from '../../../src/error/downloadError.js';

async function listening(): Promise<Server> {
  const server = createServer((_, response) => response.writeHead(404).end());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/a`;

describe('reachableMirrors', () => {
  it('keeps those whose server answers, whatever it answers', async () => {
    const server = await listening();
    const answering = addressOf(server);
    expect(await reachableMirrors('MNIST', ['http://nowhere.invalid/a', answering], undefined)).toEqual([answering]);
    server.close();
  });

  it('says of each server why not, and names it once', async () => {
    const server = await listening();
    const closed = addressOf(server);
    await new Promise(resolve => server.close(resolve));
    const mirrors = ['http://nowhere.invalid/a', closed];
    const error = await reachableMirrors('MNIST', mirrors, undefined).catch(problem => problem);
    expect(error).toBeInstanceOf(DownloadError);
    expect(error.message).toBe(
      `No server with MNIST can be reached (nowhere.invalid: name not found; ${new URL(closed).host}: refused).`,
    );
  });

  it('ends at once where it is aborted', async () => {
    await expect(
      reachableMirrors('MNIST', ['http://127.0.0.1:9/a'], AbortSignal.abort(new Error('no'))),
    ).rejects.toThrow('no');
  });
});
