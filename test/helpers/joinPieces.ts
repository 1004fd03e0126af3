/** Pieces that may overwrite each other, in one array; throws where they are more than `length` numbers, and lets no number be missing. */
export function joinPieces(pieces: Iterable<Float32Array>, length: number): Float32Array {
  const joined = new Float32Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  if (at !== length) throw new Error(`The pieces have ${at} numbers, expected ${length}.`);
  return joined;
}
