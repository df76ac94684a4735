import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { ManualTime, silentLogger, systemTimers } from '@dialtone/foundation'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { formatPacket, parsePacket, type TftpOptions, type TftpPacket } from './tftp-packet.ts'
import { MAX_UNANSWERED_A_SOURCE, startTftpServer, type TftpServer } from './tftp-server.ts'
import { beginTransfer, MAX_BLOCK_BYTES, stepTransfer, toNetascii } from './tftp-transfer.ts'

const word = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '.', '/', '-', '\\', ' ', 'é'), minLength: 1, maxLength: 40 })
const figure = fc.integer({ min: 0, max: 65_535 })
const options: fc.Arbitrary<TftpOptions> = fc
  .array(fc.tuple(fc.constantFrom('blksize', 'tsize', 'timeout', 'windowsize'), word), { maxLength: 4 })
  .map((pairs) => new Map(pairs))
const packets: fc.Arbitrary<TftpPacket> = fc.oneof(
  fc.record({ type: fc.constantFrom('read' as const, 'write' as const), fileName: word, mode: fc.constantFrom('octet', 'netascii'), options }),
  fc.record({ type: fc.constant('data' as const), block: figure, content: fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)) }),
  fc.record({ type: fc.constant('acknowledgement' as const), block: figure }),
  fc.record({ type: fc.constant('error' as const), code: figure, message: word }),
  fc.record({ type: fc.constant('optionAcknowledgement' as const), options: options.filter((given) => given.size > 0) }),
)

describe('packets', () => {
  it('RFC 1350 section 5, RFC 2347: what is written is read as it was', () => {
    fc.assert(
      fc.property(packets, (packet) => {
        expect(parsePacket(formatPacket(packet))).toEqual(packet)
      }),
    )
  })

  it('whatever arrives is a packet or nothing, and never an exception', () => {
    const nearly = fc.tuple(fc.integer({ min: 0, max: 8 }), fc.uint8Array({ maxLength: 700 })).map(([opcode, rest]) => Buffer.from([0, opcode, ...rest]))
    fc.assert(fc.property(fc.oneof(nearly, fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes))), (bytes) => {
      const packet = parsePacket(bytes)
      if (packet !== undefined && 'options' in packet) expect(packet.options.size).toBeLessThanOrEqual(8)
    })) // prettier-ignore
  })

  it('a request longer than 512 octets, without its zero, or with half an option is none', () => {
    const request = (text: string) => parsePacket(Buffer.from(`\0\u0001${text}`, 'latin1'))
    expect(request('a.cfg\0octet\0')).toMatchObject({ type: 'read', fileName: 'a.cfg', mode: 'octet' })
    expect([request('a.cfg\0octet'), request('a.cfg\0octet\0blksize\0'), request(`${'a'.repeat(510)}\0octet\0`), request('\0octet\0')]).toEqual([
      undefined, undefined, undefined, undefined,
    ]) // prettier-ignore
  })
})

describe('a transfer', () => {
  it('brings every file whole, whatever its length and block size, over a network that loses, repeats and delays', () => {
    const fates = fc.infiniteStream(fc.constantFrom('arrives', 'arrives', 'lost', 'twice'))
    const file = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: -1, max: 1 }), fc.constantFrom(8, 32, 512, 1_000, 9_000))
    fc.assert(
      fc.property(file, fates, ([blocks, more, blksize], fate) => {
        const size = Math.min(blksize, MAX_BLOCK_BYTES)
        const content = Buffer.from(Array.from({ length: Math.max(0, blocks * size + more) }, (_none, index) => index % 251))
        expect(fetchOver(content, blksize, () => fate.next().value ?? 'arrives')).toEqual(content)
      }),
    )
  })

  it('RFC 2348, RFC 2349: grants a block size no larger than a frame, the length, the timeout; passes over what it does not know', () => {
    const granted = (wanted: Record<string, string>) => beginTransfer(Buffer.alloc(700), new Map(Object.entries(wanted))).packet
    expect(granted({ blksize: '8192', tsize: '0', timeout: '4', windowsize: '9' })).toEqual({
      type: 'optionAcknowledgement',
      options: new Map([['blksize', '1428'], ['tsize', '700'], ['timeout', '4']]),
    }) // prettier-ignore
    expect(granted({ blksize: '7', timeout: '0', tsize: 'x' })).toMatchObject({ type: 'data', block: 1 })
  })

  it('RFC 1123 section 4.2.3.1: an acknowledgement that comes twice is answered once', () => {
    const { transfer } = beginTransfer(Buffer.alloc(2_000), new Map())
    const second = stepTransfer(transfer, { type: 'acknowledgement', block: 1 })
    if (second.next !== 'send') throw new Error('no second block')
    expect(stepTransfer(second.transfer, { type: 'acknowledgement', block: 1 })).toEqual({ next: 'wait' })
  })

  it('a netascii phone gets its line ends', () => {
    expect(toNetascii(Buffer.from('a\nb\r\nc\rd')).toString('latin1')).toBe('a\r\nb\r\nc\r\0d')
  })
})

/** The phone's side, with a network in between; both repeat what was lost. */
function fetchOver(content: Buffer, blksize: number, fate: () => 'arrives' | 'lost' | 'twice'): Buffer {
  let { transfer, packet } = beginTransfer(content, new Map([['blksize', String(blksize)]]))
  const received: Buffer[] = []
  let acknowledged = 0
  for (let turn = 0; turn < 1_000; turn++) {
    const copies = { arrives: 1, lost: 0, twice: 2 }[fate()]
    const answers: TftpPacket[] = []
    for (let copy = 0; copy < copies; copy++) {
      const arrived = parsePacket(formatPacket(packet))
      if (arrived?.type === 'data' && arrived.block === acknowledged + 1) {
        received.push(arrived.content)
        acknowledged++
      }
      answers.push({ type: 'acknowledgement', block: acknowledged })
    }
    for (const answer of answers.slice(0, { arrives: 2, lost: 0, twice: 1 }[fate()])) {
      const step = stepTransfer(transfer, answer)
      if (step.next === 'done') return Buffer.concat(received)
      if (step.next === 'send') ({ transfer, packet } = step)
    }
  }
  throw new Error('the transfer never ended')
}

const FILES: Readonly<Record<string, Buffer>> = { 'init.cfg': Buffer.from('x'.repeat(1_300)), 'empty.cfg': Buffer.alloc(0) }
const opened: { readonly sockets: Socket[]; server: TftpServer | undefined } = { sockets: [], server: undefined }

afterEach(async () => {
  for (const socket of opened.sockets.splice(0)) socket.close()
  await opened.server?.stop()
})

async function start(timers: Parameters<typeof startTftpServer>[0]['timers'] = systemTimers) {
  const started = await startTftpServer({ host: '127.0.0.1', port: 0, timers, logger: silentLogger, readFile: async (path) => FILES[path] })
  if (!started.ok) throw new Error(started.error)
  opened.server = started.value
  return started.value.port
}

async function phone() {
  const socket = createSocket('udp4')
  opened.sockets.push(socket)
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const arrived: { readonly packet: TftpPacket | undefined; readonly port: number }[] = []
  const waiting: (() => void)[] = []
  socket.on('message', (bytes, { port }) => {
    arrived.push({ packet: parsePacket(bytes), port })
    waiting.shift()?.()
  })
  return {
    send: (packet: TftpPacket | Buffer, port: number) => socket.send(Buffer.isBuffer(packet) ? packet : formatPacket(packet), port, '127.0.0.1'),
    async next() {
      if (arrived.length === 0) await new Promise<void>((resolve) => void waiting.push(resolve))
      const [first] = arrived.splice(0, 1)
      if (first === undefined) throw new Error('nothing came')
      return first
    },
    arrived,
  }
}

const request = (fileName: string, o: Partial<{ type: 'read' | 'write'; mode: string }> = {}): TftpPacket => ({ type: 'read', mode: 'octet', fileName, options: new Map(), ...o }) // prettier-ignore

describe('the server', () => {
  it('RFC 1350: gives a file from a port of its own, block after block, also an empty one', async () => {
    const port = await start()
    const one = await phone()
    one.send(request('init.cfg'), port)
    const lengths = []
    for (let block = 1; block <= 3; block++) {
      const { packet, port: from } = await one.next()
      expect([packet?.type, from === port]).toEqual(['data', false])
      if (packet?.type === 'data') lengths.push(packet.content.length)
      one.send({ type: 'acknowledgement', block }, from)
    }
    expect(lengths).toEqual([512, 512, 276])
    const other = await phone()
    other.send(request('empty.cfg'), port)
    expect((await other.next()).packet).toEqual({ type: 'data', block: 1, content: Buffer.alloc(0) })
  })

  it('refuses what is not there, writing, and other modes; says nothing to what is no request', async () => {
    const port = await start()
    const one = await phone()
    const answers = []
    one.send(Buffer.from('GET / HTTP/1.1'), port)
    one.send({ type: 'acknowledgement', block: 1 }, port)
    for (const asked of [request('../etc/passwd'), request('init.cfg', { type: 'write' }), request('init.cfg', { mode: 'mail' })]) {
      one.send(asked, port)
      answers.push((await one.next()).packet)
    }
    expect(answers.map((packet) => (packet?.type === 'error' ? packet.code : packet))).toEqual([1, 2, 4])
  })

  it('somebody who never answers gets the first block three times, and then his place is free again', async () => {
    const time = new ManualTime()
    const port = await start(time)
    const silent = await phone()
    silent.send(request('init.cfg'), port)
    await silent.next()
    for (let second = 0; second < 2; second++) {
      time.advance(1_000)
      expect((await silent.next()).packet).toMatchObject({ type: 'data', block: 1 })
    }
    time.advance(1_000)
    silent.send(request('empty.cfg'), port)
    expect((await silent.next()).packet).toMatchObject({ type: 'data', content: Buffer.alloc(0) })
    expect(silent.arrived).toEqual([])
  })

  it('one address has so many transfers that nobody answered, and no more; one that answers makes room', async () => {
    const port = await start(new ManualTime())
    const phones = []
    for (let index = 0; index < MAX_UNANSWERED_A_SOURCE; index++) {
      const one = await phone()
      one.send(request('init.cfg'), port)
      phones.push({ one, first: await one.next() })
    }
    const late = await phone()
    late.send(request('init.cfg'), port)
    const [{ one, first } = { one: late, first: { port } }] = phones
    one.send({ type: 'acknowledgement', block: 1 }, first.port)
    expect((await one.next()).packet).toMatchObject({ block: 2 })
    expect(late.arrived).toEqual([])
    late.send(request('init.cfg'), port)
    expect((await late.next()).packet).toMatchObject({ block: 1 })
  })

  it('a phone that asks for its next file from the same port gets it, also while the end of the one before is not acknowledged', async () => {
    const port = await start()
    const one = await phone()
    one.send(request('init.cfg'), port)
    const first = await one.next()
    // It has what it needs, or its last acknowledgement got lost.
    one.send(request('empty.cfg'), port)
    const second = await one.next()
    expect(second.packet).toEqual({ type: 'data', block: 1, content: Buffer.alloc(0) })
    expect(second.port).not.toBe(first.port)
  })

  it('what a third party sends into a transfer changes nothing', async () => {
    const port = await start()
    const [one, stranger] = [await phone(), await phone()]
    one.send(request('init.cfg'), port)
    const { port: from } = await one.next()
    stranger.send({ type: 'error', code: 0, message: 'stop' }, from)
    stranger.send({ type: 'acknowledgement', block: 1 }, from)
    one.send({ type: 'acknowledgement', block: 1 }, from)
    expect((await one.next()).packet).toMatchObject({ type: 'data', block: 2 })
    expect(stranger.arrived).toEqual([])
  })
})
