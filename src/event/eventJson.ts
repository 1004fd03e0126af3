import { FileFormatError } from '../error/fileFormatError.js';
import { decodeJson, encodeJson, type Json } from '../text/json.js';
import { eventTypes } from './eventTypes.js';
import type { TrainEvent } from './trainEvent.js';

/** Where events of filter pictures have pixels: no log is the place for them. */
const PIXELS: readonly string[] = ['picture', 'previews'];

/** An event as one line of JSON, without its end: without pixels, and numbers that aren't finite become strings. */
export function eventToJson(event: TrainEvent): string {
  const plain = Object.entries(event).filter(([name]) => !PIXELS.includes(name));
  return JSON.stringify(encodeJson(Object.fromEntries(plain) as Json));
}

/**
 * Reads back what {@link eventToJson} wrote; frozen, as every event is.
 *
 * @throws FileFormatError where the text is no event
 */
export function eventFromJson(text: string): TrainEvent {
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new FileFormatError(`not JSON (${(error as Error).message})`);
  }
  if (typeof json !== 'object' || json === null || !('type' in json) || !isEventType(json.type)) {
    throw new FileFormatError(`not an event: its type is none of ${eventTypes.join(', ')}`);
  }
  return freeze(decodeJson(json)) as unknown as TrainEvent;
}

const isEventType = (type: unknown): boolean => typeof type === 'string' && eventTypes.includes(type);

function freeze(value: Json): Json {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
