/** One hop of a Via header (RFC 3261 20.42). */
export interface Via {
  /** Upper case: UDP, TCP, … */
  readonly transport: string
  readonly host: string
  readonly port: number | undefined
  /** Lower-case names, '' when valueless (`rport`). */
  readonly parameters: ReadonlyMap<string, string>
  /** The hop as it came, unfolded. */
  readonly text: string
}
