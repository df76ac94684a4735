import { createSocket, type Socket } from 'node:dgram'

type Rdata = Buffer
const TYPES = { A: 1, AAAA: 28, SRV: 33, NAPTR: 35 } as const
const CLASS_IN = 1
const NAME_ERROR = 3
const SERVER_FAILURE = 2

interface ZoneRecord {
  readonly type: keyof typeof TYPES
  readonly ttlSeconds: number
  readonly rdata: Rdata
}

/** An authoritative name server on a loopback port (RFC 1035), as much of one as a resolver notices. */
export class NameServer {
  /** What was asked, such as `SRV _sip._udp.example.com`. */
  readonly questions: string[] = []
  /** Names that get no answer at all, or SERVFAIL. */
  readonly silent = new Set<string>()
  readonly failing = new Set<string>()
  readonly #socket: Socket
  readonly #zone = new Map<string, ZoneRecord[]>()

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', (query, from) => {
      const answer = this.#answer(query)
      if (answer !== undefined) socket.send(answer, from.port, from.address)
    })
  }

  static open(): Promise<NameServer> {
    const socket = createSocket('udp4')
    return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(new NameServer(socket))))
  }

  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`
  }

  a(name: string, address: string, ttlSeconds = 300): void {
    this.#add(name, { type: 'A', ttlSeconds, rdata: Buffer.from(address.split('.').map(Number)) })
  }

  /** @param address in full, eight groups */
  aaaa(name: string, address: string): void {
    this.#add(name, {
      type: 'AAAA',
      ttlSeconds: 300,
      rdata: Buffer.from(
        address
          .split(':')
          .map((group) => group.padStart(4, '0'))
          .join(''),
        'hex',
      ),
    })
  }

  /** @param text priority, weight, port, target */
  srv(name: string, text: string): void {
    const [priority = '', weight = '', port = '', target = ''] = text.split(' ')
    this.#add(name, { type: 'SRV', ttlSeconds: 300, rdata: Buffer.concat([sixteen(priority), sixteen(weight), sixteen(port), encodeName(target)]) })
  }

  /** @param text order, preference, flags, service, replacement */
  naptr(name: string, text: string): void {
    const [order = '', preference = '', flags = '', service = '', replacement = ''] = text.split(' ')
    const rdata = [sixteen(order), sixteen(preference), encodeText(flags), encodeText(service), encodeText(''), encodeName(replacement)]
    this.#add(name, { type: 'NAPTR', ttlSeconds: 300, rdata: Buffer.concat(rdata) })
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()))
  }

  #add(name: string, record: ZoneRecord): void {
    this.#zone.set(name, [...(this.#zone.get(name) ?? []), record])
  }

  #answer(query: Buffer): Buffer | undefined {
    const { name, end } = decodeName(query, 12)
    const type = query.readUInt16BE(end)
    const typeName = Object.entries(TYPES).find(([, number]) => number === type)?.[0] ?? String(type)
    this.questions.push(`${typeName} ${name}`)
    if (this.silent.has(name)) return undefined
    const records = (this.#zone.get(name) ?? []).filter((record) => TYPES[record.type] === type)
    const status = this.failing.has(name) ? SERVER_FAILURE : this.#zone.has(name) ? 0 : NAME_ERROR
    const header = Buffer.alloc(12)
    query.copy(header, 0, 0, 2)
    header.writeUInt16BE(0x8580 | status, 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(records.length, 6)
    const answers = records.map(({ ttlSeconds, rdata }) =>
      Buffer.concat([Buffer.from([0xc0, 12]), number16(type), number16(CLASS_IN), number32(ttlSeconds), number16(rdata.length), rdata]),
    )
    return Buffer.concat([header, query.subarray(12, end + 4), ...answers])
  }
}

const sixteen = (text: string): Buffer => number16(Number(text))

function number16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function encodeText(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')])
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '')
  return Buffer.concat([...labels.map(encodeText), Buffer.from([0])])
}

function decodeName(bytes: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = []
  let at = start
  for (let length = bytes[at] ?? 0; length > 0; length = bytes[at] ?? 0) {
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 }
}
