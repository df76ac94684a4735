import { X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NamedIdentity } from '../src/index.ts'
import { StackHarness } from './stack-harness.ts'
import { TLS_CLIENT, TLS_SERVER } from './tls-identities.ts'

let harness: StackHarness
let port = 0
const identities = new Map<string, NamedIdentity>()

beforeEach(async () => {
  harness = new StackHarness()
  const server = await harness.stack({
    listen: { host: '127.0.0.1', tlsPort: 0 },
    tls: { ...TLS_SERVER, identityOf: (name) => identities.get(name) },
  })
  port = server.tls.port
})
afterEach(async () => {
  identities.clear()
  await harness.close()
})

/** The name in the certificate that is shown. */
function shown(servername: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...(servername === undefined ? {} : { servername }) }, () => {
      resolve(socket.getPeerX509Certificate()?.subject ?? '')
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

const subjectOf = (pem: unknown): string => new X509Certificate(String(pem)).subject

describe('the certificate of a TLS listener (RFC 6066 3)', () => {
  it('is chosen by the name that is asked for, in whatever case; every other one is shown our own', async () => {
    identities.set('client.example.com', { key: String(TLS_CLIENT.key), cert: String(TLS_CLIENT.cert) })
    const [own, other] = [subjectOf(TLS_SERVER.cert), subjectOf(TLS_CLIENT.cert)]
    expect(own).not.toBe(other)
    expect([await shown('client.example.com'), await shown('CLIENT.Example.com'), await shown('else.example.com'), await shown(undefined)]).toEqual([
      other,
      other,
      own,
      own,
    ])
  })

  it('is another one from the next handshake on when it is replaced, and our own when it cannot be used', async () => {
    const [own, other] = [subjectOf(TLS_SERVER.cert), subjectOf(TLS_CLIENT.cert)]
    expect(await shown('client.example.com')).toBe(own)
    identities.set('client.example.com', { key: String(TLS_CLIENT.key), cert: String(TLS_CLIENT.cert) })
    expect(await shown('client.example.com')).toBe(other)
    identities.set('client.example.com', { key: String(TLS_SERVER.key), cert: String(TLS_CLIENT.cert) })
    expect(await shown('client.example.com')).toBe(own)
  })
})
