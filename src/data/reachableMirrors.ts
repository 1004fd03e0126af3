import { DownloadError } from '../error/downloadError.js';
import { fetchFrom, hostOf } from '../file/fetchFrom.js';

const PATIENCE_MS = 4_000;

/**
 * Those of some addresses whose server answers, whatever it answers, in the same order. All are asked at once, so that
 * a machine without a network learns that in seconds, not after each address's retries.
 *
 * @param name names the data set in messages
 * @throws DownloadError where none answers
 */
export async function reachableMirrors(
  name: string,
  mirrors: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const problems = await Promise.all(
    mirrors.map(async mirror => {
      try {
        await fetchFrom(mirror, { method: 'HEAD', signal: signal ? AbortSignal.any([signal, patience]) : patience });
        return undefined;
      } catch (error) {
        return reasonOf(error as Error);
      }
    }),
  );
  signal?.throwIfAborted();
  const reachable = mirrors.filter((_, i) => problems[i] === undefined);
  if (reachable.length > 0) return reachable;
  const tried = mirrors.map((mirror, i) => `${hostOf(mirror)}: ${problems[i]}`).join('; ');
  throw new DownloadError(`No server with ${name} can be reached (${tried || 'no address is known'}).`);
}

/** `fetch` itself only says that it failed. */
function reasonOf({ name, cause, message }: Error): string {
  if (name === 'TimeoutError') return `no answer within ${PATIENCE_MS / 1000} s`;
  if (!(cause instanceof Error)) return message;
  const { code = '' } = cause as NodeJS.ErrnoException;
  return REASONS[code] ?? (cause.message || message);
}

/** The system's own words name the server once more. */
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'name not found',
  EAI_AGAIN: 'name not found',
  ECONNREFUSED: 'refused',
};
