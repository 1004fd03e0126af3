import type Sharp from 'sharp';

let loaded: Promise<typeof Sharp> | undefined;

/** Sharp, loaded when the first picture needs it: most runs need none. */
export function loadSharp(): Promise<typeof Sharp> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    // It would keep operations for files that come again soon; here each comes once an epoch.
    sharp.cache(false);
    return sharp;
  });
  return loaded;
}
