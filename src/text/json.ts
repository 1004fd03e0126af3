/** Plain data that JSON carries both ways (`NaN` and infinities are written as strings by the checkpoint). */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * JSON knows no NaN, no infinities and no −0. {@link encodeJson} writes them as the strings `"NaN"`, `"Infinity"`,
 * `"-Infinity"` and `"-0"`; a string that happens to be one of these gets a backslash before it, so that
 * {@link decodeJson} gives back exactly what was there.
 */
export function encodeJson(value: Json): Json {
  if (typeof value === 'number') return isPlain(value) ? value : Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'string') return ESCAPED.test(value) ? `\\${value}` : value;
  return mapItems(value, encodeJson);
}

/** Undoes {@link encodeJson}. */
export function decodeJson(value: Json): Json {
  if (typeof value !== 'string') return mapItems(value, decodeJson);
  if (!ESCAPED.test(value)) return value;
  return value.startsWith('\\') ? value.slice(1) : Number(value);
}

/** What is written for a number, with any number of backslashes before it. */
const ESCAPED = /^\\*(NaN|-?Infinity|-0)$/;

const isPlain = (value: number): boolean => Number.isFinite(value) && !Object.is(value, -0);

function mapItems(value: Json, map: (item: Json) => Json): Json {
  if (Array.isArray(value)) return value.map(map);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, map(item)]));
}

/** Whether something that was read is an object with names. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether something that was read is a whole number from 0 on. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
