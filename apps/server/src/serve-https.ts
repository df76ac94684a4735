import { createServer, type Server } from 'node:https'
import { answerClientError, type ConnectionPlaces, HTTP_DEADLINES, SILENT_CONNECTION_MS } from '@dialtone/control-plane'
import { err, type Logger, ok, type Result } from '@dialtone/foundation'
import { type IdentityOfName, serverNameCallback } from '@dialtone/sip'
import type { TlsIdentity } from './certificate/index.ts'

export interface HttpsOptions {
  readonly host: string
  readonly port: number
  readonly identity: TlsIdentity
  /** Certificates of domains, by the name a client asks for. */
  readonly identityOf: IdentityOfName
  /** PEM: who signs the certificates of phones. Left out: certificates of clients mean nothing. */
  readonly phoneAuthorities?: string | undefined
  /** Counted with those of HTTP. */
  readonly connections: Pick<ConnectionPlaces, 'guard'>
  readonly logger: Logger
}

const HANDSHAKE_LIMIT_MS = 10_000
/** One line a second says enough when a scanner comes by. */
const LOG_EVERY_MS = 1_000

/**
 * The same requests over TLS, for phones above all: they may show the certificate of their maker, and who has none is served as over HTTP.
 * A phone too old for TLS 1.2 is told of in the log, where the reason would not be seen anywhere else.
 */
export function serveHttps(
  handle: (...request: Parameters<NonNullable<Parameters<typeof createServer>[1]>>) => void,
  o: HttpsOptions,
): Promise<Result<Server, string>> {
  const { key, cert } = o.identity
  const clients = o.phoneAuthorities === undefined ? {} : { ca: o.phoneAuthorities, requestCert: true, rejectUnauthorized: false }
  const server = createServer(
    {
      key,
      cert,
      ...clients,
      ...HTTP_DEADLINES,
      handshakeTimeout: HANDSHAKE_LIMIT_MS,
      SNICallback: serverNameCallback(o.identityOf, o.phoneAuthorities === undefined ? {} : { ca: o.phoneAuthorities }),
    },
    handle,
  )
  server.setTimeout(SILENT_CONNECTION_MS)
  server.on('clientError', answerClientError)
  o.connections.guard(server)
  let saidAtMs = Number.NEGATIVE_INFINITY
  server.on('tlsClientError', (error: Error & { readonly code?: string }, socket) => {
    if (performance.now() - saidAtMs < LOG_EVERY_MS) return
    saidAtMs = performance.now()
    o.logger.warn('a client could not agree on TLS: too old for TLS 1.2, or it does not trust our certificate', {
      address: socket.remoteAddress,
      reason: error.code ?? error.message,
    })
  })
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(err(error.code === 'EADDRINUSE' ? 'the port is in use' : error.message)))
    server.listen({ host: o.host, port: o.port }, () => resolve(ok(server)))
  })
}
