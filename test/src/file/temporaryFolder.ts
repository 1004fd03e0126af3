import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder that is gone after the running test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gradstream-test-'));
  onTestFinished(() =>
    // What was broken off may write its last file still.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  );
  return folder;
}
