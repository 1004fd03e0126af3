/** Keras's parameter names as ours: `{ min_delta: 0 }` becomes `{ minDelta: 0 }`. Only the record's own keys. */
export function camelCaseKeys(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [
      key.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase()),
      value,
    ]),
  );
}
