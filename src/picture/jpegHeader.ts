/** What stands before a JPEG's pixels. */
export interface JpegHeader {
  readonly rows: number;
  readonly columns: number;
  /** Colours: 1 grey, 3 colour, 4 print colours. */
  readonly components: number;
  /** Bits of a value. */
  readonly precision: number;
  /** As EXIF numbers it, 1 where it says nothing. */
  readonly orientation: number;
  /** It has a colour space of its own. */
  readonly hasProfile: boolean;
}

const MARKER = { app1: 0xe1, app2: 0xe2, scan: 0xda };
/** Baseline, extended and progressive, all of them Huffman-coded: what every decoder takes. */
const FRAMES = [0xc0, 0xc1, 0xc2];
const ORIENTATION = 0x0112;

/**
 * Reads a JPEG's header, up to the first scan. Undefined where the bytes are no JPEG, or not of a plain kind, or oddly built: a
 * library has to look at them.
 */
export function jpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  let frame: Omit<JpegHeader, 'orientation' | 'hasProfile'> | undefined;
  let orientation: number | undefined;
  let hasProfile = false;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1];
    const length = view.getUint16(at + 2);
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) return undefined;
    if (marker === MARKER.scan) return frame && { ...frame, orientation: orientation ?? 1, hasProfile };
    if (!isSegment(marker)) return undefined;
    if (isFrame(marker)) {
      if (frame !== undefined || !FRAMES.includes(marker) || length < 8) return undefined;
      const [precision, components] = [bytes[at + 4], bytes[at + 9]];
      frame = { precision, rows: view.getUint16(at + 5), columns: view.getUint16(at + 7), components };
    }
    const content = new DataView(bytes.buffer, bytes.byteOffset + at + 4, length - 2);
    if (marker === MARKER.app1) orientation ??= exifOrientation(content);
    if (marker === MARKER.app2 && startsWith(content, 'ICC_PROFILE\0')) hasProfile = true;
    at = end;
  }
  return undefined;
}

/** SOF0 to SOF15 without the three markers among them that are something else. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Frames, tables, application data and comments; all else is no part of a plain header. */
const isSegment = (marker: number): boolean =>
  (marker >= 0xc0 && marker <= 0xcf) ||
  marker === 0xdb ||
  marker === 0xdd ||
  (marker >= 0xe0 && marker <= 0xef) ||
  marker === 0xfe;

/** From the first directory of an EXIF segment: a TIFF file in little, of either byte order. */
function exifOrientation(segment: DataView): number | undefined {
  if (!startsWith(segment, 'Exif\0\0') || segment.byteLength < 14) return undefined;
  const tiff = new DataView(segment.buffer, segment.byteOffset + 6, segment.byteLength - 6);
  const order = tiff.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const isLittle = order === 0x4949;
  const directory = tiff.getUint32(4, isLittle);
  if (directory + 2 > tiff.byteLength) return undefined;
  const count = tiff.getUint16(directory, isLittle);
  for (let i = 0, at = directory + 2; i < count && at + 12 <= tiff.byteLength; i++, at += 12) {
    if (tiff.getUint16(at, isLittle) !== ORIENTATION) continue;
    const value = tiff.getUint16(at + 8, isLittle);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

const startsWith = (content: DataView, text: string): boolean =>
  content.byteLength >= text.length && [...text].every((char, i) => content.getUint8(i) === char.charCodeAt(0));
