import { describe, expect, it } from 'vitest';
import { ProgressLine } from '../../../pipelines/cli/progressLine.js';

function terminalOf(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, columns: 80, write: (text: string) => written.push(text) };
}

describe('ProgressLine', () => {
  it('writes a line for each quarter where nobody watches', () => {
    const terminal = terminalOf(false);
    const line = new ProgressLine(terminal);
    for (let mb = 0; mb <= 100; mb++) line.update({ label: 'Library', received: mb * 1e6, total: 100e6 });
    line.clear();
    const expected = [0, 25, 50, 75, 100].map(mb => `Library: ${mb} of 100 MB\n`);
    expect(terminal.written).toEqual(expected);
  });

  it('redraws one line on a terminal, not wider than it, and takes it away', () => {
    const terminal = terminalOf(true);
    let time = 0;
    const line = new ProgressLine(terminal, () => time);
    line.update({ label: 'Library', received: 0, total: 100e6 });
    time = 2_000;
    line.update({ label: 'Library', received: 50e6, total: 100e6 });
    time = 2_050;
    line.update({ label: 'Library', received: 51e6, total: 100e6 });
    line.clear();
    expect(terminal.written).toHaveLength(3);
    expect(terminal.written[1]).toContain(`${'█'.repeat(15)}${'░'.repeat(15)}  50 %  50 of 100 MB  25.0 MB/s`);
    expect(terminal.written[1]?.replace('\r\x1b[2K', '').length).toBeLessThan(80);
    expect(terminal.written[2]).toBe('\r\x1b[2K');
  });

  it('shows what came where the whole is not known', () => {
    const terminal = terminalOf(true);
    new ProgressLine(terminal).update({ label: 'Library', received: 3e6, total: null });
    expect(terminal.written[0]).toContain('Library  3 MB');
  });
});
