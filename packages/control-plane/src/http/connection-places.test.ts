import { once } from 'node:events'
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ManualTime, silentLogger } from '@dialtone/foundation'
import { startTestControlPlane } from '@dialtone/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { type ConnectionLimits, ConnectionPlaces } from './index.ts'

const servers: Server[] = []
const sockets: Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

interface Guarded {
  readonly places: ConnectionPlaces
  readonly server: Server
  open(localAddress?: string): Promise<Socket>
}

async function guarded(limits: Partial<ConnectionLimits>, answer: RequestListener = (_request, response) => response.end('ok')): Promise<Guarded> {
  const places = new ConnectionPlaces({ maxConnections: 100, maxConnectionsPerAddress: 0, ...limits }, silentLogger)
  const server = createServer(answer)
  places.guard(server)
  servers.push(server)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    places,
    server,
    /** Once the server knows of it. */
    async open(localAddress = '127.0.0.1') {
      const [socket] = [connect({ port, host: '127.0.0.1', localAddress })]
      sockets.push(socket)
      socket.on('error', () => undefined)
      await Promise.all([once(server, 'connection'), once(socket, 'connect')])
      return socket
    },
  }
}

async function ask(socket: Socket): Promise<string> {
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const [text] = (await once(socket, 'data')) as [Buffer]
  return text.toString().split('\r\n', 1)[0] ?? ''
}

const OK = 'HTTP/1.1 200 OK'
const closed = async (socket: Socket): Promise<void> => void (socket.closed || (await once(socket.resume(), 'close')))

describe('the places for connections', () => {
  it('the connection that has waited longest for a request gives up its own, so that who says nothing keeps nobody out', async () => {
    const { open, places } = await guarded({ maxConnections: 2 })
    const [first, second] = [await open(), await open()]
    expect(await ask(first)).toBe(OK)
    const third = await open()
    await closed(second)
    expect([await ask(third), await ask(first), places.size, places.refused]).toEqual([OK, OK, 2, 0])
  })

  it('one with a request under way keeps it, and the next connection is refused until one of them waits', async () => {
    const held: ServerResponse[] = []
    const { open, places } = await guarded({ maxConnections: 2 }, (_request, response) => held.push(response))
    const [first, second] = [await open(), await open()]
    const answers = [ask(first), ask(second)]
    await expect.poll(() => held.length).toBe(2)
    await closed(await open())
    expect([places.size, places.refused]).toEqual([2, 1])
    const answered = held.map((response) => once(response, 'close'))
    for (const response of held.splice(0)) response.end('late')
    expect(await Promise.all(answers)).toEqual([OK, OK])
    await Promise.all(answered)
    const next = await open()
    const last = ask(next)
    await expect.poll(() => held.length).toBe(1)
    held[0]?.end()
    expect([await last, places.size]).toEqual([OK, 2])
  })

  it('pipelined requests are all answered before their connection waits', async () => {
    const held: ServerResponse[] = []
    const { open, places } = await guarded({ maxConnections: 1 }, (_request, response) => held.push(response))
    const only = await open()
    only.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2))
    await expect.poll(() => held.length).toBe(2)
    const answered = once(held[0] as ServerResponse, 'close')
    held[0]?.end()
    await answered
    await closed(await open())
    expect([places.size, places.refused]).toEqual([1, 1])
  })

  it.runIf(process.platform === 'linux')('an address has its share, and takes none of the others', async () => {
    const { open, places } = await guarded({ maxConnectionsPerAddress: 2 })
    const other = await open()
    const [first, second] = [await open('127.0.0.2'), await open('127.0.0.2')]
    const third = await open('127.0.0.2')
    await closed(first)
    expect([await ask(other), await ask(second), await ask(third), places.size]).toEqual([OK, OK, OK, 3])
  })

  it('are free again when a connection ends, or becomes another one’s', async () => {
    const { open, places, server } = await guarded({ maxConnections: 2 })
    const other: Duplex[] = []
    server.on('upgrade', (_request, socket) => {
      other.push(socket)
      places.release(socket)
    })
    const upgraded = await open()
    upgraded.write('GET /sip HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    await expect.poll(() => places.size).toBe(0)
    const [first, second] = [await open(), await open()]
    second.destroy()
    await expect.poll(() => places.size).toBe(1)
    await open()
    expect([await ask(first), upgraded.closed, places.size]).toEqual([OK, false, 2])
    for (const socket of other) socket.destroy()
  })
})

describe('a listener that closes', () => {
  it('waits for no connection on which nothing comes, and for requests under way a while', async () => {
    const time = new ManualTime()
    const held: ServerResponse[] = []
    const { open, places, server } = await guarded({}, (_request, response) => held.push(response))
    const [silent, half, asking, stuck] = [await open(), await open(), await open(), await open()]
    half.write('POST / HTTP/1.1\r\nHost: a\r\nContent-')
    const answer = ask(asking)
    await expect.poll(() => held.length).toBe(1)
    stuck.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n1')
    await expect.poll(() => held.length).toBe(2)
    places.close(time)
    const over = new Promise((resolve) => server.close(resolve))
    await Promise.all([closed(silent), closed(half)])
    held[0]?.end()
    expect(await answer).toBe(OK)
    expect(stuck.closed).toBe(false)
    time.advance(10_000)
    await closed(stuck)
    await over
  })
})

it('every listener of the API counts its connections, also the second one of a name with two addresses', async () => {
  const { plane, stop } = await startTestControlPlane()
  await plane.http.listen({ port: 0, host: 'localhost' })
  const places = plane.http.addresses()
  const silent = places.map(({ address, port }) => connect(port, address))
  await expect.poll(() => plane.connections.size).toBe(places.length)
  const [first] = silent
  const ended = first === undefined ? undefined : once(first, 'close')
  await stop()
  await ended
  for (const socket of silent) socket.destroy()
  expect(plane.connections.size).toBe(0)
})
