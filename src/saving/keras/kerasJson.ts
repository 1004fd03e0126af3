/** Parameters that Keras refuses as whole numbers in Python's sense: `0.0` is right, `0` is not. */
const FLOATS: readonly string[] = ['learning_rate', 'momentum', 'beta', 'threshold', 'loss_weights'];

/** JSON as Keras reads it. JavaScript has one kind of number and writes `0` for `0.0`. */
export function kerasJson(value: object): string {
  const marked = (key: string, item: unknown): unknown =>
    FLOATS.includes(key) && Number.isInteger(item) ? `\u0000${item}.0` : item;
  // No text of a config has the character that marks them.
  return JSON.stringify(value, marked).replace(/"\\u0000(-?\d+\.0)"/g, '$1');
}
