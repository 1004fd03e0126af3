/** A value, a promise of it, or a function that makes either when a run begins. */
export type Lazy<T> = T | Promise<T> | (() => T | Promise<T>);

/** Makes or awaits it. */
export const resolveLazy = async <T>(lazy: Lazy<T>): Promise<T> =>
  typeof lazy === 'function' ? (lazy as () => T | Promise<T>)() : lazy;
