/** Weighs colours by their alpha, in place: a clear pixel's colour shall not run into its neighbours'. As Pillow's mode RGBa. */
export function premultiply(rgba: Uint8Array): void {
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3];
    for (let c = i; c < i + 3; c++) rgba[c] = Math.round((rgba[c] * alpha) / 255);
  }
}

/** Back again, in place. */
export function unpremultiply(rgba: Uint8Array): void {
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3];
    if (alpha === 0) continue;
    for (let c = i; c < i + 3; c++) rgba[c] = Math.min(255, Math.floor((255 * rgba[c]) / alpha));
  }
}
