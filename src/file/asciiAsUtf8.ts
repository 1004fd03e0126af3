/**
 * Undoes how h5wasm reads a string that is declared ASCII: one character a byte, those from 0x80 to 0x9f as
 * Windows-1252 has them. Python stores UTF-8 under that declaration.
 */
export function asciiAsUtf8(text: string): string {
  let isAscii = true;
  const bytes = Buffer.alloc(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) isAscii = false;
    bytes[i] = code > 0xff ? (WINDOWS_1252.get(code) ?? 0x3f) : code;
  }
  return isAscii ? text : bytes.toString('utf8');
}

const WINDOWS_1252 = new Map(
  Array.from({ length: 0x20 }, (_, i) => {
    const byte = 0x80 + i;
    return [new TextDecoder('windows-1252').decode(Uint8Array.of(byte)).charCodeAt(0), byte];
  }),
);
