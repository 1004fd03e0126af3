import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Native } from '../native/backend.js';
import type { Resizing } from './resizePicture.js';

/** What its threads are set up with. */
export type CrewKind = Pick<Native, 'files' | 'config'>;

export interface DecodeRequest {
  readonly id: number;
  readonly file: string;
  readonly resizing: Resizing;
  /** Of the stored picture. */
  readonly maxPixels: number;
}

export interface DecodeReply {
  readonly id: number;
  /** Absent where another decoder has to look at the file. */
  readonly pixels: Uint8Array | undefined;
}

/** What a thread tells first. */
export const READY = 'ready';

/** More of them than rows are read at one time would have nothing to do. */
const MOST_THREADS = 8;

/** A thread and the files that it has to do. */
interface Member {
  readonly worker: Worker;
  /** Resolves where it is ready, or ended before. */
  readonly started: Promise<void>;
  readonly open: Map<number, (pixels: Uint8Array | undefined) => void>;
}

/**
 * Threads that read, decode and resize plain JPEGs, each with a session of TensorFlow of its own. They start with the first file,
 * are there for the whole process, and keep it alive while they start (a thread that is ended in the midst of that, in C functions
 * being made known, takes the process along) or have something to do.
 */
export class DecodeCrew {
  private members: readonly Member[] | undefined;
  private lastId = 0;
  private isBroken = false;

  constructor(private readonly kind: CrewKind) {}

  /** Files that are being decoded: for tests that none is forgotten. */
  get openFiles(): number {
    return (this.members ?? []).reduce((sum, { open }) => sum + open.size, 0);
  }

  /** Pixels of a file, or undefined where another decoder has to look at it; never rejects. */
  decode(file: string, resizing: Resizing, maxPixels: number): Promise<Uint8Array | undefined> {
    if (this.isBroken) return Promise.resolve(undefined);
    this.members ??= Array.from({ length: threadsOf(this.kind) }, () => this.start());
    const { worker, open } = this.members.reduce((a, b) => (b.open.size < a.open.size ? b : a));
    const request: DecodeRequest = { id: ++this.lastId, file, resizing, maxPixels };
    return new Promise(resolve => {
      if (open.size === 0) worker.ref();
      open.set(request.id, resolve);
      worker.postMessage(request);
    });
  }

  /** Ends the threads, once they have started; files that they were at are another decoder's. */
  async close(): Promise<void> {
    const members = this.members ?? [];
    this.isBroken = true;
    await Promise.all(
      members.map(async ({ worker, started }) => {
        await started;
        worker.removeAllListeners('message');
        await worker.terminate();
      }),
    );
  }

  private start(): Member {
    const worker = new Worker(new URL('./decodeWorker.js', import.meta.url), {
      workerData: this.kind,
      // Options of the process may be none for a thread, as --input-type is.
      execArgv: [],
    });
    const open: Member['open'] = new Map();
    worker.on('message', (reply: DecodeReply | typeof READY) => {
      if (reply !== READY) {
        open.get(reply.id)?.(reply.pixels);
        open.delete(reply.id);
      }
      if (open.size === 0) worker.unref();
    });
    worker.on('error', error => {
      process.emitWarning(`A thread that decodes pictures ended, and sharp decodes them instead: ${error.message}`);
    });
    const started = new Promise<void>(resolve => {
      worker.once('message', () => resolve());
      worker.once('exit', () => resolve());
    });
    worker.once('exit', () => {
      this.isBroken = true;
      for (const resolve of open.values()) resolve(undefined);
      open.clear();
    });
    return { worker, started, open };
  }
}

const threadsOf = ({ config }: CrewKind): number =>
  Math.min(config.threads ?? availableParallelism(), availableParallelism(), MOST_THREADS);

const crews = new WeakMap<Native, DecodeCrew>();

/** The process's one crew. */
export function decodeCrew(native: Native): DecodeCrew {
  const known = crews.get(native);
  if (known !== undefined) return known;
  const crew = new DecodeCrew({ files: native.files, config: native.config });
  crews.set(native, crew);
  return crew;
}
