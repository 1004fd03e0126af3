/** What the doctor found out about one part. */
export interface Finding {
  readonly part: string;
  /** `warning`: gradstream runs, but slower or not everywhere; `missing`: native TensorFlow can't run. */
  readonly status: 'ok' | 'warning' | 'missing';
  readonly found: string;
  /** What to do about it. */
  readonly cure?: string;
}
