import { millisecondsPerStep } from '../../event/progress.js';
import { clock } from '../../text/clock.js';
import type { RunView } from '../runView.js';
import { shortNumber } from './shortNumber.js';

export type Connection = 'waiting' | 'open' | 'closed';

/** State, progress and the latest figures. */
export function showHead(view: RunView, connection: Connection, element: (id: string) => HTMLElement): void {
  const [state, text] = stateOf(view, connection);
  element('state').dataset.state = state;
  element('state').textContent = text;
  element('run').textContent = describe(view);
  (element('progress') as HTMLProgressElement).value = shareOf(view);
  element('figures').replaceChildren(...figuresOf(view).map(([name, value]) => figure(name, value)));
  document.title = view.start === null ? 'gradstream' : `${Math.floor(100 * shareOf(view))} % · gradstream`;
}

function stateOf({ start, end }: RunView, connection: Connection): readonly [state: string, text: string] {
  if (end !== null) return ['ended', end.reason];
  if (start === null) return ['waiting', 'waiting for a run'];
  return connection === 'open' ? ['running', 'running'] : ['lost', 'broken off'];
}

function describe({ start }: RunView): string {
  if (start === null) return '';
  const { parameters, backend, compiled, dtypePolicy, seed } = start;
  const count = parameters.toLocaleString('en');
  return `${count} parameters · ${backend}${compiled ? ', compiled' : ''} · ${dtypePolicy} · seed ${seed}`;
}

/** Of the whole run, from 0 to 1. */
function shareOf({ progress, end }: RunView): number {
  const { epoch, epochs, steps, stepsPerEpoch, ended } = progress;
  if (end?.reason === 'completed') return 1;
  if (epochs === 0) return 0;
  const ofEpoch = ended ? 1 : stepsPerEpoch === null ? 0 : steps / stepsPerEpoch;
  return (epoch + ofEpoch) / epochs;
}

function figuresOf({ progress, start, end }: RunView): readonly (readonly [name: string, value: string])[] {
  if (start === null) return [];
  const { epoch, epochs, steps, stepsPerEpoch, logs } = progress;
  const perStep = millisecondsPerStep(progress);
  return [
    ['epoch', `${epoch + 1} / ${epochs}`],
    ['step', `${steps} / ${stepsPerEpoch ?? '?'}`],
    ['a step', perStep === 0 ? '–' : `${shortNumber(perStep, 3)} ms`],
    end === null ? (['left', leftOf(perStep, progress)] as const) : (['took', clock(end.time - start.time)] as const),
    ...Object.entries(logs).map(([name, value]) => [name.replaceAll('_', ' '), shortNumber(value, 4)] as const),
  ];
}

function leftOf(perStep: number, { epoch, epochs, steps, stepsPerEpoch }: RunView['progress']): string {
  if (stepsPerEpoch === null || perStep === 0) return '–';
  return clock(perStep * ((epochs - epoch) * stepsPerEpoch - steps));
}

function figure(name: string, value: string): HTMLElement {
  const [group, term, detail] = [
    document.createElement('div'),
    document.createElement('dt'),
    document.createElement('dd'),
  ];
  term.textContent = name;
  detail.textContent = value;
  group.append(term, detail);
  return group;
}
