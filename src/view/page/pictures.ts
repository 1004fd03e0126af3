import type { SentPicture } from '../sentPicture.js';

/** A picture with its name below it. */
export function pictureFigure({ name, rows, columns, channels, bytes }: SentPicture): HTMLElement {
  const [figure, caption, canvas] = [
    document.createElement('figure'),
    document.createElement('figcaption'),
    document.createElement('canvas'),
  ];
  caption.textContent = name;
  canvas.width = columns;
  canvas.height = rows;
  canvas.getContext('2d')?.putImageData(pixelsOf(bytes, channels, columns), 0, 0);
  figure.append(canvas, caption);
  return figure;
}

/** Of one channel grey, of three colours. */
function pixelsOf(bytes: string, channels: number, columns: number): ImageData {
  const values = Uint8Array.from(atob(bytes), character => character.charCodeAt(0));
  const rgba = new Uint8ClampedArray((values.length / channels) * 4).fill(255);
  for (let from = 0, to = 0; from < values.length; from += channels, to += 4) {
    for (let c = 0; c < 3; c++) rgba[to + c] = values[from + (channels < 3 ? 0 : c)];
  }
  return new ImageData(rgba, columns);
}
