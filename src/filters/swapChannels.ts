import type { Picture } from './picture.js';

/** Makes RGB of BGR, and the reverse. What has other than three channels stays as it is. */
export function swapChannels(picture: Picture): Picture {
  if (picture.channels !== 3) return picture;
  const data = picture.data.slice();
  for (let i = 0; i < data.length; i += 3) [data[i], data[i + 2]] = [data[i + 2], data[i]];
  return { ...picture, data };
}
