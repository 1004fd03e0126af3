import type { DownloadProgress } from '../../src/file/download.js';

interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const BAR_WIDTH = 30;
const REDRAW_MS = 100;
/** A terminal sees every move, a log file one line for each quarter of the way. */
const PLAIN_STEP = 0.25;

/** Shows how far downloads are: one line that is redrawn on a terminal, a few plain lines elsewhere. */
export class ProgressLine {
  private label = '';
  private startedAt = 0;
  private startedWith = 0;
  private drawnAt = 0;
  private quarter = -1;
  private isDrawn = false;

  constructor(
    private readonly terminal: Terminal,
    private readonly now: () => number = () => performance.now(),
  ) {}

  update(progress: DownloadProgress): void {
    const { label, received, total } = progress;
    if (label !== this.label) this.begin(progress);
    if (this.terminal.isTTY !== true) {
      this.plain(progress);
      return;
    }
    const isEnd = received === total;
    if (!isEnd && this.isDrawn && this.now() - this.drawnAt < REDRAW_MS) return;
    this.drawnAt = this.now();
    this.isDrawn = true;
    const text = `${label}  ${this.bar(received, total)}${amount(received, total)}${this.pace(received, total)}`;
    this.terminal.write(`\r\x1b[2K${text.slice(0, (this.terminal.columns ?? 80) - 1)}`);
  }

  /** A line of its own, which stays. */
  say(text: string): void {
    this.clear();
    this.terminal.write(`${text}\n`);
  }

  /** Takes the redrawn line away. */
  clear(): void {
    if (this.isDrawn) this.terminal.write('\r\x1b[2K');
    this.isDrawn = false;
  }

  private begin({ label, received }: DownloadProgress): void {
    this.label = label;
    this.startedAt = this.now();
    this.startedWith = received;
    this.quarter = -1;
  }

  private plain({ label, received, total }: DownloadProgress): void {
    const quarter = total === null || total === 0 ? 0 : Math.floor(received / total / PLAIN_STEP);
    if (quarter <= this.quarter) return;
    this.quarter = quarter;
    this.terminal.write(`${label}: ${amount(received, total)}\n`);
  }

  private bar(received: number, total: number | null): string {
    if (total === null || total === 0) return '';
    const share = Math.min(1, received / total);
    const filled = Math.round(share * BAR_WIDTH);
    return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${String(Math.floor(share * 100)).padStart(3)} %  `;
  }

  private pace(received: number, total: number | null): string {
    const seconds = (this.now() - this.startedAt) / 1000;
    const rate = (received - this.startedWith) / seconds;
    if (seconds < 1 || !(rate > 0)) return '';
    const left = total === null ? '' : `  ${Math.ceil((total - received) / rate)} s left`;
    return `  ${(rate / 1e6).toFixed(1)} MB/s${left}`;
  }
}

function amount(received: number, total: number | null): string {
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  return total === null ? `${megabytes(received)} MB` : `${megabytes(received)} of ${megabytes(total)} MB`;
}
