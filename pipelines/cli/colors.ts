/** Whether standard output is shown in colours: on a terminal, unless the environment has `NO_COLOR`. */
export const showsColors = (): boolean => process.stdout.isTTY === true && !process.env.NO_COLOR;

/** Puts text into a colour or style, by its number among the terminal's (1 bold, 2 dim, 31 red); as it is where there are no colours. */
export const painter =
  (hasColors: boolean) =>
  (text: string, code: number): string =>
    hasColors ? `\x1b[${code}m${text}\x1b[0m` : text;
