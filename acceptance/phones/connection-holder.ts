// Run as a program of its own, so that what thousands of handshakes cost does not fall on the test that listens to a call.
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { connect as connectTls } from 'node:tls'
import { requestText } from './hostile-sip.ts'

type HeldTransport = 'tls' | 'ws'

/** Connections from one address. */
export interface HeldGroup {
  readonly localAddress: string
  readonly count: number
}

interface Holding {
  readonly transport: HeldTransport
  readonly port: number
  readonly groups: readonly HeldGroup[]
}

/** Opened at a time. */
const AT_ONCE = 50
const UPGRADE =
  'GET /sip HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\nSec-WebSocket-Key: '

/** Somebody who opens thousands of connections, asks one question over each, and then says nothing any more. */
export class ConnectionHolder {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Once all have been opened; some of them may be gone again. */
  static async open(holding: Holding): Promise<ConnectionHolder> {
    const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(holding)], { execArgv: [] })
    await once(child, 'message')
    return new ConnectionHolder(child)
  }

  /** How many the server has not closed, of each group. */
  async standing(): Promise<readonly number[]> {
    const answer = once(this.#child, 'message')
    this.#child.send('how many?')
    return ((await answer) as [number[]])[0]
  }

  /** All at once. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
  }
}

async function hold({ transport, port, groups }: Holding): Promise<void> {
  const held: Set<Socket>[] = []
  let number = 0
  let session: Buffer | undefined
  for (const { localAddress, count } of groups) {
    const standing = new Set<Socket>()
    held.push(standing)
    for (let left = count; left > 0; left -= AT_ONCE) {
      await Promise.all(
        Array.from({ length: Math.min(left, AT_ONCE) }, () => (transport === 'tls' ? openTls(localAddress, ++number) : openWebSocket(localAddress, ++number))),
      )
    }

    function openTls(from: string, index: number): Promise<void> {
      // Whoever was there before takes his session up again (RFC 8446 2.2), as phones do.
      const tcp = connect({ port, host: '127.0.0.1', localAddress: from, noDelay: true })
      const socket = connectTls({ socket: tcp, rejectUnauthorized: false, ...(session === undefined ? {} : { session }) })
      socket.once('session', (ticket) => {
        session ??= ticket
      })
      return spoken(socket, 'secureConnect', () => requestText('OPTIONS', index, { transport: 'TLS' }))
    }

    function openWebSocket(from: string, index: number): Promise<void> {
      const socket = connect({ port, host: '127.0.0.1', localAddress: from, noDelay: true })
      socket.once('connect', () => socket.write(`${UPGRADE}${randomBytes(16).toString('base64')}\r\n\r\n`))
      return spoken(socket, 'data', () => maskedText(requestText('OPTIONS', index, { transport: 'WS' })))
    }

    /** Resolves when its question was answered, or it was closed. */
    function spoken(socket: Socket, readyOn: 'secureConnect' | 'data', question: () => string | Buffer): Promise<void> {
      standing.add(socket)
      socket.on('error', () => undefined)
      return new Promise((resolve) => {
        socket.once(readyOn, () => {
          socket.write(question())
          socket.once('data', () => resolve())
          socket.resume()
        })
        socket.once('close', () => {
          standing.delete(socket)
          resolve()
        })
      })
    }
  }
  process.on('message', () => process.send?.(held.map(({ size }) => size)))
  process.send?.('opened')
}

/** A text frame of one message (RFC 6455 5.2) whose mask changes nothing. */
function maskedText(text: string): Buffer {
  const head = Buffer.from([0x81, 0xfe, 0, 0, 0, 0, 0, 0])
  head.writeUInt16BE(text.length, 2)
  return Buffer.concat([head, Buffer.from(text)])
}

const [argument = ''] = process.argv.slice(2)
if (import.meta.main) await hold(JSON.parse(argument) as Holding)
