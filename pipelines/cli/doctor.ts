import { Command } from 'commander';
import { diagnose } from '../../src/native/install/diagnose.js';
import type { Finding } from '../../src/native/install/finding.js';
import { type Probes, thisProbes } from '../../src/native/install/probes.js';
import { painter, showsColors } from './colors.js';
import { loadInChild } from './loadInChild.js';

/** `gradstream doctor`: what of native TensorFlow is there, and the cure for what is not. Exit status 1 if it can't run. */
export function doctorCommand(probes?: Probes): Command {
  return new Command('doctor')
    .option('--json', 'one JSON array instead of the report')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await diagnose(probes ?? thisProbes(loadInChild));
      const hasColors = showsColors();
      process.stdout.write(json ? `${JSON.stringify(findings)}\n` : renderFindings(findings, { hasColors }));
      if (findings.some(({ status }) => status === 'missing')) process.exitCode = 1;
    });
}

const MARKS = {
  ok: { word: 'ok', color: 32 },
  warning: { word: 'warning', color: 33 },
  missing: { word: 'missing', color: 31 },
} as const;

/** A line for each part, its cure below it, and a verdict at the end. */
export function renderFindings(findings: readonly Finding[], { hasColors }: { readonly hasColors: boolean }): string {
  const paint = painter(hasColors);
  const partWidth = Math.max(...findings.map(({ part }) => part.length));
  const wordWidth = Math.max(...findings.map(({ status }) => MARKS[status].word.length));
  const indent = ' '.repeat(partWidth + wordWidth + 4);
  const lines = findings.flatMap(({ part, status, found, cure }) => {
    const { word, color } = MARKS[status];
    const line = `${part.padEnd(partWidth)}  ${paint(word.padEnd(wordWidth), color)}  ${found}`;
    return cure === undefined ? [line] : [line, `${indent}${paint(cure, 2)}`];
  });
  const runs = findings.every(({ status }) => status !== 'missing');
  const verdict = runs
    ? 'Native TensorFlow is ready.'
    : 'Native TensorFlow is not ready; training runs on WebAssembly.';
  return `${lines.join('\n')}\n\n${verdict}\n`;
}
