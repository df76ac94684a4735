import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RemoteAddress, RequestOutcome, TlsOptions } from '../src/index.ts'
import { Arrivals } from './arrivals.ts'
import { type RunningStack, StackHarness } from './stack-harness.ts'
import { AUTHORITY, CHAIN_AUTHORITY, TLS_CHAINED, TLS_CLIENT, TLS_FORGED, TLS_MISISSUED, TLS_SERVER, TLS_URI_ONLY } from './tls-identities.ts'

const LISTEN = { host: '127.0.0.1', udpPort: 0, tcpPort: 0, tlsPort: 0 }

let harness: StackHarness

beforeEach(() => {
  harness = new StackHarness()
})
afterEach(() => harness.close())

const stackWith = (tls: TlsOptions): Promise<RunningStack> => harness.stack({ listen: LISTEN, tls })

function register({ stack }: RunningStack, to: RemoteAddress): Promise<RequestOutcome> {
  const headers = [
    ['From', '<sip:us@test>'],
    ['To', '<sip:them@test>'],
  ] as const
  return stack.request({ method: 'REGISTER', uri: 'sip:sip.example.com', to, headers })
}

/** By which names the server knows who connects so. */
async function namesKnownOf(tls: TlsOptions): Promise<readonly string[] | undefined> {
  const server = await stackWith({ ...TLS_SERVER, ca: [AUTHORITY, CHAIN_AUTHORITY].join('\n') })
  const sources = new Arrivals<RemoteAddress>()
  server.stack.onRequest('REGISTER', ({ source, respond }) => {
    sources.push(source)
    respond(200)
  })
  await register(await stackWith({ ...tls, ca: AUTHORITY }), server.tls)
  return (await sources.next()).certificateNames
}

describe('who vouches for a certificate (RFC 5922 7, RFC 5280 6.1)', () => {
  it('is the authority, or whoever the authority has made one', async () => {
    expect(await namesKnownOf(TLS_CLIENT)).toEqual(['client.example.com'])
    expect(await namesKnownOf(TLS_CHAINED)).toEqual(['chained.example.com'])
  })

  it.each([
    ['merely has a certificate himself', TLS_MISISSUED],
    ['writes the name of an authority below his own', TLS_FORGED],
  ])('is nobody who %s: he could call himself anything', async (_, identity) => {
    expect(await namesKnownOf(identity)).toEqual([])
  })
})

describe('the certificate of who is called (RFC 5922 7.1)', () => {
  it('may name the domain by a URI alone, and names no other by it', async () => {
    const [server, client] = [await stackWith(TLS_URI_ONLY), await stackWith({ ...TLS_CLIENT, ca: CHAIN_AUTHORITY })]
    server.stack.onRequest('REGISTER', ({ respond }) => respond(200))
    expect(await register(client, { ...server.tls, serverName: 'URI.example.com' })).toMatchObject({ statusCode: 200 })
    for (const serverName of ['other.example.com', 'sip:uri.example.com', 'a name that is none'])
      expect(await register(client, { ...server.tls, serverName }), serverName).toHaveProperty('failed')
  })
})
