import { createSocket, type Socket } from 'node:dgram'
import { setTimeout as delay } from 'node:timers/promises'
import { type Bencodable, decodeBencode, encodeBencode } from './bencode.ts'

const ANSWER_WITHIN_MS = 3_000
const PING_EVERY_MS = 100
const START_WITHIN_MS = 10_000

export type NgAnswer = Readonly<Record<string, Bencodable>>

/** Speaks rtpengine's control protocol: a cookie, a space, a bencoded dictionary, in datagrams. */
export class NgClient {
  readonly #socket: Socket
  readonly #port: number
  readonly #waiting = new Map<string, (answer: NgAnswer) => void>()
  #count = 0

  private constructor(socket: Socket, port: number) {
    this.#socket = socket
    this.#port = port
    socket.on('message', (message) => {
      const space = message.indexOf(' ')
      this.#waiting.get(message.toString('latin1', 0, space))?.(decodeBencode(message.subarray(space + 1)) as NgAnswer)
    })
    // A port that is not open yet says so; the command is sent again.
    socket.on('error', () => {})
  }

  static async open(port: number): Promise<NgClient> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    return new NgClient(socket, port)
  }

  /** @throws when there is no answer or it is an error */
  async command(name: string, fields: NgAnswer = {}, limitMs = ANSWER_WITHIN_MS): Promise<NgAnswer> {
    const cookie = `${process.pid}_${++this.#count}`
    const answer = await new Promise<NgAnswer | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), limitMs)
      this.#waiting.set(cookie, (reply) => {
        clearTimeout(timer)
        resolve(reply)
      })
      this.#socket.send(`${cookie} ${encodeBencode({ command: name, ...fields })}`, this.#port, '127.0.0.1')
    })
    this.#waiting.delete(cookie)
    if (answer === undefined || answer['result'] === 'error')
      throw new Error(`rtpengine: ${name}: ${answer === undefined ? 'no answer' : JSON.stringify(answer)}`)
    return answer
  }

  /** A command whose answer carries a description. @throws when there is none */
  async describe(name: 'offer' | 'answer', fields: NgAnswer): Promise<string> {
    const { sdp } = await this.command(name, fields)
    if (typeof sdp !== 'string') throw new Error(`rtpengine: ${name}: no description`)
    return sdp
  }

  async untilReady(): Promise<void> {
    const untilMs = performance.now() + START_WITHIN_MS
    for (;;) {
      try {
        await this.command('ping', {}, PING_EVERY_MS)
        return
      } catch (error) {
        if (performance.now() > untilMs) throw error
        await delay(PING_EVERY_MS)
      }
    }
  }

  close(): void {
    this.#socket.close()
  }
}
