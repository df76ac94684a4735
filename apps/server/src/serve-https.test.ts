import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { ConnectionPlaces } from '@dialtone/control-plane'
import { silentLogger } from '@dialtone/foundation'
import { afterEach, describe, expect, it } from 'vitest'
import { makeSelfSignedCertificate } from './certificate/self-signed-certificate.ts'
import { serveHttps } from './serve-https.ts'

const OK = 'HTTP/1.1 200 OK'
const pem = makeSelfSignedCertificate({ address: '127.0.0.1', domain: 'dialtone.local', notBefore: new Date(Date.now() - 1000), notAfter: new Date(Date.now() + 86_400_000) }) // prettier-ignore
const closing: (() => unknown)[] = []

afterEach(() => {
  for (const close of closing.splice(0).toReversed()) close()
})

async function serve(maxConnections: number, answer: RequestListener = (_request, response) => response.end('ok')) {
  const connections = new ConnectionPlaces({ maxConnections, maxConnectionsPerAddress: 0 }, silentLogger)
  const options = { host: '127.0.0.1', port: 0, identity: { key: pem, cert: pem }, identityOf: () => undefined, connections, logger: silentLogger }
  const serving = await serveHttps(answer, options)
  if (!serving.ok) throw new Error(serving.error)
  const server = serving.value
  closing.push(() => server.close())
  const { port } = server.address() as AddressInfo
  const known = (): Promise<unknown> => once(server, 'connection')
  return {
    connections,
    server,
    async silent(): Promise<Socket> {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined)
      closing.push(() => socket.destroy())
      await known()
      return socket
    },
    async open(): Promise<TLSSocket> {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }).on('error', () => undefined)
      closing.push(() => socket.destroy())
      await new Promise((resolve) => socket.once('secureConnect', resolve).once('close', resolve))
      return socket
    },
  }
}

async function ask(socket: Socket): Promise<string> {
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const [text] = (await once(socket, 'data')) as [Buffer]
  return text.toString().split('\r\n', 1)[0] ?? ''
}

const closed = async (socket: Socket): Promise<void> => void (socket.closed || (await once(socket.resume(), 'close')))

describe('HTTPS has a place for each connection, as HTTP has', () => {
  it('one that begins no handshake, or waits for its next request, gives its own up', async () => {
    const { silent, open, connections } = await serve(2)
    const [quiet, first] = [await silent(), await open()]
    expect(await ask(first)).toBe(OK)
    const second = await open()
    await closed(quiet)
    expect([await ask(second), connections.size, connections.refused]).toEqual([OK, 2, 0])
    await open()
    await closed(first)
    expect([await ask(second), connections.size]).toEqual([OK, 2])
  })

  it('one with a request under way keeps it, and a handshake too many ends; a place comes back with its connection', async () => {
    const held: { end(text: string): unknown }[] = []
    const { open, connections } = await serve(1, (_request, response) => held.push(response))
    const first = await open()
    const answer = ask(first)
    await expect.poll(() => held.length).toBe(1)
    expect((await open()).closed).toBe(true)
    expect([connections.size, connections.refused]).toEqual([1, 1])
    held[0]?.end('late')
    expect(await answer).toBe(OK)
    first.destroy()
    await expect.poll(() => connections.size).toBe(0)
  })

  it('has the deadlines of HTTP', async () => {
    const { server } = await serve(1)
    expect([server.headersTimeout, server.requestTimeout, server.keepAliveTimeout, server.timeout]).toEqual([10_000, 30_000, 72_000, 120_000])
  })
})
