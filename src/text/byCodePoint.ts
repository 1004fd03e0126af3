/** Compares as Python does. UTF-8 keeps the order of code points; UTF-16, which JavaScript compares, doesn't. */
export const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
