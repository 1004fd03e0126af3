import { existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

export interface FileServer {
  readonly url: string;
  /** One entry for each request: its path and its range, such as "/a bytes=10-". */
  readonly requests: string[];
}

/** A server on the loopback address that closes after the running test. */
export async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<FileServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.url} ${request.headers.range ?? ''}`.trim());
    answer(request, response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** Answers with a file, from the byte on that is asked for. */
export function sendFile(contents: Uint8Array, request: IncomingMessage, response: ServerResponse): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from >= contents.length) {
    response.writeHead(416, { 'content-range': `bytes */${contents.length}` }).end();
    return;
  }
  const body = contents.subarray(from);
  const range = { 'content-range': `bytes ${from}-${contents.length - 1}/${contents.length}` };
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': body.length, ...(from > 0 ? range : {}) });
  response.end(body);
}

/** Ends the connection when so many bytes of the file have come. */
export async function breakOff(response: ServerResponse, file: string, bytes: number): Promise<void> {
  while (!existsSync(`${file}.part`) || statSync(`${file}.part`).size < bytes) await sleep(5);
  response.destroy();
}
