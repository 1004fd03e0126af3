import { eventFromJson } from '../../event/eventJson.js';
import { RunView } from '../runView.js';
import type { SentPicture } from '../sentPicture.js';
import { ChartCard } from './chartCard.js';
import { type Connection, showHead } from './head.js';
import { showNotes } from './notes.js';
import { pictureFigure } from './pictures.js';

/** Milliseconds between two drawings, and before a server that went is looked for again. */
const [REDRAW, RETRY] = [250, 2000];

const MOST_PICTURES = 200;

const element = (id: string): HTMLElement => document.getElementById(id)!;

let view = new RunView();
let cards = new Map<string, ChartCard>();
let connection: Connection = 'waiting';
let isDrawn = false;

function listen(): void {
  const events = new EventSource('events');
  events.addEventListener('train', ({ data }) => {
    const event = eventFromJson(data);
    if (event.type === 'runStart') begin();
    view.add(event);
    connection = 'open';
    isDrawn = false;
  });
  events.addEventListener('picture', ({ data }) => {
    element('pictures').prepend(pictureFigure(JSON.parse(data)));
    const { lastElementChild: oldest, childElementCount: count } = element('pictures');
    if (count > MOST_PICTURES) oldest?.remove();
  });
  events.addEventListener('previews', ({ data }) => {
    const previews: SentPicture[] = JSON.parse(data);
    element('previews').replaceChildren(...previews.map(pictureFigure));
  });
  events.onerror = () => {
    events.close();
    connection = view.start === null ? 'waiting' : 'closed';
    isDrawn = false;
    setTimeout(listen, RETRY);
  };
}

/** What was there before stays until a run starts. */
function begin(): void {
  view = new RunView();
  cards = new Map();
  for (const id of ['charts', 'pictures', 'previews']) element(id).replaceChildren();
}

function draw(): void {
  if (isDrawn) return;
  isDrawn = true;
  showHead(view, connection, element);
  for (const [name, chart] of view.charts) {
    const card = cards.get(name) ?? new ChartCard(element('charts'), name, view.unit);
    cards.set(name, card);
    card.draw(chart);
  }
  showNotes(view.notes, element('notes'));
}

listen();
setInterval(draw, REDRAW);
