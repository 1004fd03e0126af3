/** What scripts/wasm/scale.ts of this checksum compiles to; written by scripts/wasm.mjs. */
export const scaleSource = '00191325ff4815eb1ad006603bbfe096014c5eb8f7cd40136eed3b734cf0e53b';

export const scaleWasm =
  'AGFzbQEAAAABCQFgBX9/f399AAMCAQAFAwEAAAcSAgVzY2FsZQAABm1lbW9yeQIACrUBAbIBAgN7A38gBP0TIQUDQCADIAhKBEAg' +
  'CEECdCIKIAFqIgkgACAIav0ABAAiBv2JASIH/akB/foBIAX95gEgAiAKaiIK/QAEAP3lAf0LBAAgCSAH/aoB/foBIAX95gEgCv0A' +
  'BBD95QH9CwQQIAkgBv2KASIG/akB/foBIAX95gEgCv0ABCD95QH9CwQgIAkgBv2qAf36ASAF/eYBIAr9AAQw/eUB/QsEMCAIQRBq' +
  'IQgMAQsLCw==';
