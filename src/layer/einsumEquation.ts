import type { Shape } from './tfjsLayer.js';

/** `abc,cd->abd`, each letter an axis; axes that an ellipsis stands for have letters of their own. */
export interface Equation {
  readonly input: readonly string[];
  readonly kernel: readonly string[];
  readonly output: readonly string[];
  readonly bias: readonly string[];
  /** Axes behind the ellipsis of an output like `ab...`. */
  readonly trailing: number;
}

const FORM = /^(\.{3})?([a-zA-Z]+)(\.{3})?,([a-zA-Z]+)->(\.{3})?([a-zA-Z]+)(\.{3})?$/;

/**
 * An equation of Keras's EinsumDense in small letters that begin with `a`: those of tfjs's configs can't be others.
 *
 * @returns null where it isn't one
 */
export function plainEquation(equation: string, biasAxes: string | null): readonly [string, string | null] | null {
  if (!FORM.test(equation.replaceAll(' ', ''))) return null;
  const letters = [...new Set(equation.match(/[a-zA-Z]/g) ?? [])];
  if (letters.length > ALPHABET.length / 2) return null;
  const renamed = (text: string): string =>
    text.replaceAll(' ', '').replace(/[a-zA-Z]/g, letter => ALPHABET[letters.indexOf(letter)] ?? '?');
  return [renamed(equation), biasAxes === null ? null : renamed(biasAxes)];
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz';

/** The axes of an equation for an input of so many; null where it isn't one for such an input, or can't be computed. */
export function parseEquation(equation: string, biasAxes: string | null, rank: number): Equation | null {
  const parts = FORM.exec(equation);
  if (parts === null) return null;
  const [, before, x, after, w, outBefore, y, outAfter] = parts;
  const isLeft = before !== undefined && outBefore !== undefined && after === undefined && outAfter === undefined;
  const isRight = after !== undefined && outAfter !== undefined && before === undefined && outBefore === undefined;
  const isWhole = [before, after, outBefore, outAfter].every(part => part === undefined);
  if (!(isLeft || isRight || isWhole)) return null;
  const [input, kernel, output, bias] = [x, w, y, biasAxes ?? ''].map(part => [...(part ?? '')]);
  const elided = rank - input.length;
  if (elided < 0 || (isWhole ? elided > 0 : isLeft && elided < 1)) return null;
  const own = [...ALPHABET].reverse().slice(0, elided);
  const around = (letters: readonly string[]): string[] => (isLeft ? [...own, ...letters] : [...letters, ...own]);
  const found = { input: around(input), kernel, output: around(output), bias, trailing: isRight ? elided : 0 };
  return isComputable(found) ? found : null;
}

/** Each letter once in a part; of kernel and output, none that is nowhere else. */
function isComputable({ input, kernel, output, bias }: Equation): boolean {
  const isOnce = [input, kernel, output, bias].every(part => new Set(part).size === part.length);
  return (
    isOnce &&
    output.every(letter => input.includes(letter) || kernel.includes(letter)) &&
    kernel.every(letter => input.includes(letter) || output.includes(letter)) &&
    bias.every(letter => output.includes(letter))
  );
}

/** Lengths of axes, by their letters: those of the input, and what is said of the output, the batch left out. */
export function axisLengths(equation: Equation, input: Shape, given: Shape): ReadonlyMap<string, number | null> | null {
  const { output, trailing } = equation;
  const lengths = new Map(equation.input.map((letter, axis) => [letter, input[axis] ?? null]));
  const named = output.slice(output.length - trailing - given.length, output.length - trailing);
  if (given.length > output.length - trailing) return null;
  for (const [i, letter] of named.entries()) {
    const [known, wanted] = [lengths.get(letter) ?? null, given[i] ?? null];
    if (known !== null && wanted !== null && known !== wanted) return null;
    lengths.set(letter, known ?? wanted);
  }
  return lengths;
}
