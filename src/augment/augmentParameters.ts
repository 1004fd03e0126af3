/** What is drawn for one picture. Angles in degrees, shifts in pixels. */
export interface AugmentParameters {
  readonly theta: number;
  /** Sideways; positive fetches from the right, so that the picture moves left. */
  readonly tx: number;
  /** Up and down; positive fetches from below, so that the picture moves up. */
  readonly ty: number;
  readonly shear: number;
  /** Multiplies the distance from the centre along columns: above 1 the picture shrinks. */
  readonly zx: number;
  /** The same along rows. */
  readonly zy: number;
  readonly flipHorizontal: boolean;
  readonly flipVertical: boolean;
  /** Added to all channels; null for none. */
  readonly channelShift: number | null;
  /** Factor; null for none. */
  readonly brightness: number | null;
}
