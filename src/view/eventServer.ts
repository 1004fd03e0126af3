import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is pushed to a page: server-sent events have a type and a text of one line. */
export interface Message {
  readonly type: string;
  readonly text: string;
  /** Whether one who is behind may miss it. */
  readonly isPassing?: boolean;
}

export interface EventServerOptions {
  /** HTML of `/`. */
  readonly page: string;
  /** What one who comes is told first, in place of all that came before. */
  readonly greeting: () => readonly Message[];
  /** Where a page of another server that may read `/events` comes from, such as `http://localhost:5173`. */
  readonly allowOrigin?: string | undefined;
}

/** Bytes that may wait for a reader; with more it is let go, to come again and be greeted anew. */
const MOST_WAITING = 64 * 2 ** 20;

/** Milliseconds that those who still read have when the server closes. */
const LAST_WORDS = 1000;

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/**
 * Serves a page at `/`, and at `/events` what is sent as server-sent events to everybody who listens. It keeps no process from
 * ending, and nothing piles up for one who reads too slowly.
 */
export class EventServer {
  private readonly server: Server;
  private readonly readers = new Set<ServerResponse>();

  constructor(
    private readonly host: string,
    private readonly options: EventServerOptions,
  ) {
    this.server = createServer((request, response) => this.answer(request, response));
    this.server.unref();
  }

  /**
   * @param port 0 for any that is free
   * @returns the page's address
   * @throws the error of Node's where the port can't be had, such as `EADDRINUSE`
   */
  listen(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.server.on('error', reject); // stays, so that no later error ends the process
      this.server.listen(port, this.host, () => {
        const { address, family, port: given } = this.server.address() as AddressInfo;
        resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${given}/`);
      });
    });
  }

  get isWatched(): boolean {
    return this.readers.size > 0;
  }

  send(message: Message): void {
    for (const reader of this.readers) this.write(reader, [message]);
  }

  close(): void {
    this.server.close();
    for (const reader of this.readers) reader.end();
    setTimeout(() => this.server.closeAllConnections(), LAST_WORDS).unref();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    if (!this.isMeant(request)) {
      response.writeHead(403).end('This page is for the machine that it runs on.\n');
    } else if (request.method !== 'GET') {
      response.writeHead(405, { allow: 'GET' }).end();
    } else if (request.url === '/events') {
      this.welcome(response);
    } else if (request.url === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(this.options.page);
    } else {
      response.writeHead(404).end('There are / and /events.\n');
    }
  }

  /** A page of elsewhere whose name was made to point to this machine must not read what is for it alone. */
  private isMeant({ headers }: IncomingMessage): boolean {
    if (!LOOPBACK.includes(this.host)) return true;
    return URL.canParse(`http://${headers.host}`) && LOOPBACK.includes(nameIn(`http://${headers.host}`));
  }

  private welcome(response: ServerResponse): void {
    const { allowOrigin } = this.options;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      ...(allowOrigin !== undefined && { 'access-control-allow-origin': allowOrigin }),
    });
    response.flushHeaders();
    this.readers.add(response);
    response.on('close', () => this.readers.delete(response));
    this.write(response, this.options.greeting());
  }

  private write(reader: ServerResponse, messages: readonly Message[]): void {
    const isBehind = reader.writableNeedDrain;
    for (const { type, text, isPassing = false } of messages) {
      if (!(isPassing && isBehind)) reader.write(`event: ${type}\ndata: ${text}\n\n`);
    }
    if (reader.writableLength > MOST_WAITING) reader.destroy();
  }
}

const nameIn = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '');
