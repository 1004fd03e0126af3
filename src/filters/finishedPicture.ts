import { deprocessImage } from './deprocessImage.js';
import type { Picture } from './picture.js';
import { type Pictures, pictureValues } from './pictures.js';

/** One of the pictures as it would look if the ascent ended here, in the channel order of the network's input. */
export const finishedPicture = (pictures: Pictures, index: number): Picture => ({
  data: deprocessImage(pictureValues(pictures, index)).picture,
  rows: pictures.size,
  columns: pictures.size,
  channels: pictures.channels,
});
