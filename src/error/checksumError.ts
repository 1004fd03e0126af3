import { DownloadError } from './downloadError.js';

/** Every address gave a file of another content than the one asked for. */
export class ChecksumError extends DownloadError {}
