import { eventToJson } from '../event/eventJson.js';
import type { TrainEvent } from '../event/trainEvent.js';
import { swapChannels } from '../filters/swapChannels.js';
import { EventServer, type Message } from './eventServer.js';
import { KeptEvents } from './keptEvents.js';
import { KeptPictures, type NamedPicture, sentPicture } from './keptPictures.js';
import { partPictures } from './partPictures.js';

export interface RunBroadcastOptions {
  readonly host: string;
  /** HTML of the page that looks on. */
  readonly page: string;
  /** Channels of the events' pictures. */
  readonly channelOrder: 'rgb' | 'bgr';
  readonly allowOrigin: string | undefined;
}

/** Milliseconds between two steps that are sent: ten a second. */
const INTERVAL = 100;

/** Events of a type, and bytes of pictures, that one who comes later is sent. */
const [KEPT_EVENTS, KEPT_BYTES] = [2000, 2 ** 25];

/** Sends a run's events to all who look on, and to one who comes later what was before. What it keeps is bounded. */
export class RunBroadcast {
  private readonly events = new KeptEvents(KEPT_EVENTS);
  private readonly pictures = new KeptPictures(KEPT_BYTES);
  private readonly server: EventServer;
  private sentAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: RunBroadcastOptions) {
    const { host, page, allowOrigin } = options;
    this.server = new EventServer(host, { page, allowOrigin, greeting: () => this.greeting() });
  }

  /**
   * @param port 0 for any that is free
   * @returns the page's address
   * @throws the error of Node's where the port can't be had
   */
  listen(port: number): Promise<string> {
    return this.server.listen(port);
  }

  send(whole: TrainEvent): void {
    const { event, finished, previews } = partPictures(whole);
    if (event.type === 'runStart') this.pictures.clear();
    this.events.add(event);
    if (finished !== null) this.pictures.add(finished);
    if (!this.server.isWatched || (event.type === 'step' && !this.isDue())) return;
    this.server.send(trainMessage(event));
    if (finished !== null) this.server.send(this.pictureMessage(finished));
    if (previews !== null) this.server.send(this.previewsMessage(previews));
  }

  close(): void {
    this.server.close();
  }

  private greeting(): readonly Message[] {
    const pictures = this.pictures.all().map(picture => this.pictureMessage(picture));
    return [...this.events.events().map(trainMessage), ...pictures];
  }

  private isDue(): boolean {
    const now = performance.now();
    if (now - this.sentAt < INTERVAL) return false;
    this.sentAt = now;
    return true;
  }

  private pictureMessage(picture: NamedPicture): Message {
    return { type: 'picture', text: JSON.stringify(sentPicture(this.inTrueColours(picture))) };
  }

  private previewsMessage(previews: readonly NamedPicture[]): Message {
    const sent = previews.map(preview => sentPicture(this.inTrueColours(preview)));
    return { type: 'previews', text: JSON.stringify(sent), isPassing: true };
  }

  private inTrueColours({ name, picture }: NamedPicture): NamedPicture {
    return { name, picture: this.options.channelOrder === 'bgr' ? swapChannels(picture) : picture };
  }
}

const trainMessage = (event: TrainEvent): Message => ({
  type: 'train',
  text: eventToJson(event),
  isPassing: event.type === 'step',
});
