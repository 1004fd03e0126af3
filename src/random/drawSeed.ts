/** A seed for a run that was given none: an unsigned 31-bit number from the system's own source of randomness. */
export const drawSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;
