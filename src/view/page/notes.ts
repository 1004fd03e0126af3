import type { Note } from '../note.js';

/** What happened, the latest first. */
export function showNotes(notes: readonly Note[], list: HTMLElement): void {
  list.replaceChildren(...notes.toReversed().map(itemOf));
}

function itemOf({ time, epoch, kind, text }: Note): HTMLElement {
  const item = document.createElement('li');
  item.dataset.kind = kind;
  const when = document.createElement('span');
  when.textContent = `${new Date(time).toLocaleTimeString()}${epoch === null ? '' : ` · epoch ${epoch + 1}`}`;
  item.append(when, text);
  return item;
}
