/** What scripts/wasm/scale.ts of this checksum compiles to; written by scripts/wasm.mjs. */
export const scaleSource = '1329a8cef5b7cfb6c325b39ffa7ab9971f2ccf7172380926b490eac41284546c';

export const scaleWasm =
  'AGFzbQEAAAABCQFgBX9/f399AAMCAQAFAwEAAAcSAgVzY2FsZQAABm1lbW9yeQIACtwBAdkBAgV7A38gBP0TIQgDQCADIApKBEAg' +
  'CkECdCEMIAAgCmr9AAQAIgb9iQEiBf2pAf36ASAI/eYBIQkgBf2qAf36ASAI/eYBIQUgBv2KASIH/akB/foBIAj95gEhBiAH/aoB' +
  '/foBIAj95gEhByACBEAgCSACIAxqIgv9AAQA/eUBIQkgBiAL/QAEIP3lASEGIAcgC/0ABDD95QEhByAFIAv9AAQQ/eUBIQULIAEg' +
  'DGoiCyAJ/QsEACALIAX9CwQQIAsgBv0LBCAgCyAH/QsEMCAKQRBqIQoMAQsLCw==';
