/**
 * Names as Keras gives them in a fresh session: `conv2d`, `conv2d_1`, … tfjs's own go on counting over all models of a
 * process, so that the second model's weights would have other names than the first's.
 */
export function layerNames(): (base: string) => string {
  const counts = new Map<string, number>();
  return base => {
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    return count === 0 ? base : `${base}_${count}`;
  };
}
