/** Of every listener of the API, with TLS and without: a client that sends its request a byte a minute is cut off. */
export const HTTP_DEADLINES = {
  /** From the connection, or the first byte of the next request, to the end of the header fields. */
  headersTimeout: 10_000,
  /** To the end of the body. */
  requestTimeout: 30_000,
  keepAliveTimeout: 72_000,
  /** How late the two first may be noticed. */
  connectionsCheckingInterval: 5_000,
} as const

/** A client that does not take its answer keeps the connection no longer; streams say something every 15 s. */
export const SILENT_CONNECTION_MS = 120_000
