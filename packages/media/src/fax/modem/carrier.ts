/** A signal on its way out: what a modem makes of the bits it was given. */
export interface Carrier {
  /** How long it is. */
  readonly samples: number
  /** Writes its next samples into all of `target`; silence behind its end. */
  fill(target: Int16Array): void
}
