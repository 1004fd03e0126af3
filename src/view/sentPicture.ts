/** What a page is sent of a picture. */
export interface SentPicture {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  /** Base64 of rows × columns × channels bytes. */
  readonly bytes: string;
}
