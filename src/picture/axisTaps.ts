/** Weight of 1 in {@link AxisTaps}. */
const ONE = 2 ** 14;

/** How far a pixel reaches, and with what weight at a distance; both in pixels of the coarser side. */
interface Kernel {
  readonly reach: number;
  readonly weight: (distance: number) => number;
}

const KERNELS = {
  bilinear: { reach: 1, weight: (x: number) => Math.max(0, 1 - x) },
  bicubic: {
    reach: 2,
    weight: (x: number) => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0),
  },
  lanczos: { reach: 3, weight: (x: number) => (x < 3 ? sinc(x) * sinc(x / 3) : 0) },
} as const satisfies Record<string, Kernel>;

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));

export type Interpolation = 'nearest' | keyof typeof KERNELS;

/** For each row (or column) of the result, which ones of the picture go into it. */
export interface AxisTaps {
  /** Weights for each; even. */
  readonly count: number;
  readonly firsts: Int32Array;
  /** Row by row, of the first and those after it, in 2⁻¹⁴; their sum is 1. */
  readonly weights: Int16Array;
}

export interface Axis {
  /** Pixels that there are. */
  readonly length: number;
  /** The part of them that becomes the result: from this one on so many; those around it may still be looked at. */
  readonly start: number;
  readonly part: number;
  /** Pixels of the result. */
  readonly target: number;
  /** The picture is stored the other way round. */
  readonly isFlipped: boolean;
}

/**
 * How Pillow resizes along one axis (`precompute_coeffs` in src/libImaging/Resample.c), and with `antialias: false` TensorFlow
 * (`tf.image.resize`): kernels about the pixels' centres, cut off and normalised at the edges.
 */
export function axisTaps(axis: Axis, interpolation: Interpolation, antialias: boolean): AxisTaps {
  return interpolation === 'nearest'
    ? nearestTaps(axis, antialias)
    : kernelTaps(axis, KERNELS[interpolation], antialias);
}

/**
 * Where a place falls just between two pixels its rounding decides: Pillow adds up steps (`ImagingScaleAffine` in
 * src/libImaging/Geometry.c), TensorFlow multiplies in float32.
 */
function nearestTaps({ length, start, part, target, isFlipped }: Axis, addsUp: boolean): AxisTaps {
  const [firsts, weights] = [new Int32Array(target), new Int16Array(2 * target)];
  const step = part / target;
  for (let i = 0, sum = start + step / 2; i < target; i++, sum += step) {
    const place = addsUp ? sum : start + Math.fround((i + 0.5) * Math.fround(step));
    const nearest = Math.min(length - 1, Math.floor(place));
    firsts[i] = isFlipped ? length - 1 - nearest : nearest;
    weights[2 * i] = ONE;
  }
  return { count: 2, firsts, weights };
}

/** Plain loops without arrays of their own: every picture may have another size, and needs its taps anew. */
function kernelTaps(axis: Axis, { reach, weight }: Kernel, antialias: boolean): AxisTaps {
  const { length, start, part, target, isFlipped } = axis;
  const scale = part / target;
  const width = antialias ? Math.max(scale, 1) : 1;
  const most = Math.ceil(2 * reach * width);
  const count = most + (most % 2);
  const [firsts, weights] = [new Int32Array(target), new Int16Array(target * count)];
  const exact = new Float64Array(count);
  for (let i = 0; i < target; i++) {
    const centre = start + (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach * width + 0.5));
    const used = Math.min(length, Math.floor(centre + reach * width + 0.5)) - first;
    let sum = 0;
    for (let k = 0; k < used; k++) {
      exact[k] = weight(Math.abs(first + k + 0.5 - centre) / width);
      sum += exact[k];
    }
    firsts[i] = isFlipped ? length - first - used : first;
    const at = i * count;
    let [rest, greatest] = [ONE, at];
    for (let k = 0; k < used; k++) {
      const to = at + (isFlipped ? used - 1 - k : k);
      weights[to] = Math.round((exact[k] / sum) * ONE);
      rest -= weights[to];
      if (weights[to] > weights[greatest]) greatest = to;
    }
    // What rounding leaves over goes to the greatest one, so that an even area stays as it is.
    weights[greatest] += rest;
  }
  return { count, firsts, weights };
}
