import { GradstreamError } from './gradstreamError.js';

/** Two runs at once would keep their checkpoints in one folder. */
export class RunFolderInUseError extends GradstreamError {
  constructor(readonly folder: string) {
    super(
      `Another run keeps its checkpoints in ${folder}. Wait until it has ended, or give another folder. ` +
        'Where its process is gone without a trace (another machine), its lock ends after half a minute.',
    );
  }
}
