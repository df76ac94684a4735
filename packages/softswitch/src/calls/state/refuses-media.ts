/** What phones answer to a profile or to codecs they do not speak (RFC 3264 section 6, RFC 3261 21.4.26, 21.4.13, 21.6.4). */
const STATUS_CODES: ReadonlySet<number> = new Set([415, 488, 606])

/** Whether a final answer says that another session description might do. */
export function refusesMedia(statusCode: number): boolean {
  return STATUS_CODES.has(statusCode)
}
