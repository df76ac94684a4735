import { createSocket, type Socket } from 'node:dgram'

const TYPES: Readonly<Record<number, 'A' | 'TXT'>> = { 1: 'A', 16: 'TXT' }
const NAME_ERROR = 3
const TTL_SECONDS = 1

/** A name server for one zone in memory (RFC 1035), as much of one as a server that asks for TXT and A notices. It shares no code with the server. */
export class NameServer {
  /** What was asked, such as `TXT sip.example.com`. */
  readonly questions: string[] = []
  readonly #socket: Socket
  readonly #zone = new Map<string, readonly Buffer[]>()

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', (query, from) => socket.send(this.#answer(query), from.port, from.address))
  }

  static open(): Promise<NameServer> {
    const socket = createSocket('udp4')
    return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(new NameServer(socket))))
  }

  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`
  }

  txt(name: string, ...texts: readonly string[]): void {
    this.#zone.set(
      `TXT ${name}`,
      texts.map((text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')])),
    )
  }

  a(name: string, address: string): void {
    this.#zone.set(`A ${name}`, [Buffer.from(address.split('.').map(Number))])
  }

  close(): void {
    this.#socket.close()
  }

  #answer(query: Buffer): Buffer {
    const labels: string[] = []
    let at = 12
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length))
      at += 1 + length
    }
    const end = at + 5
    const type = query.readUInt16BE(at + 1)
    const name = labels.join('.').toLowerCase()
    const question = `${TYPES[type] ?? type} ${name}`
    this.questions.push(question)
    const found = this.#zone.get(question) ?? []
    const isKnown = [...this.#zone.keys()].some((key) => key.endsWith(` ${name}`))
    const header = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x85, 0x80 | (isKnown ? 0 : NAME_ERROR), 0, 1, 0, found.length, 0, 0, 0, 0])
    const answers = found.map((data) => Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, TTL_SECONDS, 0, data.length]), data]))
    return Buffer.concat([header, query.subarray(12, end), ...answers])
  }
}
