import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitCursor } from './bit-cursor.ts'
import { type FaxEnd, FaxTerminal } from './fax-terminal.ts'
import { buildData, buildIndicator, parseIfpPacket } from './ifp-packet.ts'
import { readRowBelow, WHITE_ROW, type ImageRow } from './image-row.ts'
import { PageReader } from './page-reader.ts'
import { MAX_ROWS, PageWriter } from './page-writer.ts'
import { BLACK_CODES, MODE_CODES, WHITE_CODES } from './run-length-codes.ts'
import { buildIdent, FCF, parseT30Frame, readDcs, readIdent } from './t30-frame.ts'
import { buildUdptlPacket, parseUdptlPacket } from './udptl-packet.ts'
import { UdptlLine } from './udptl-line.ts'
import { UdptlStream } from './udptl-stream.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

const COLUMNS = 1_728
const anyRow = fc.uniqueArray(fc.integer({ min: 0, max: COLUMNS - 1 }), { maxLength: 60 }).map((changes): ImageRow => changes.toSorted((a, b) => a - b))
const anyBytes = (maxLength: number) => fc.uint8Array({ maxLength })

describe('run-length codes (ITU-T T.4 tables 2 to 4)', () => {
  it.each([
    ['white', WHITE_CODES, 104],
    ['black', BLACK_CODES, 104],
    ['mode', MODE_CODES, 9],
  ] as const)('no %s code word begins another one, nor is any there twice', (_name, codes, count) => {
    const words = [...codes.values()]
    expect(words).toHaveLength(count)
    for (const word of words) expect(words.filter((other) => other.startsWith(word))).toEqual([word])
  })

  it('every row that is written is read again as it was (T.6)', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 1, maxLength: 12 }), (rows) => {
        const writer = new PageWriter(COLUMNS)
        for (const row of rows) writer.push(row)
        const bits = new BitCursor(writer.finish())
        let above: ImageRow = WHITE_ROW
        for (const row of rows) {
          const read = readRowBelow(bits, COLUMNS, above)
          expect(read).toEqual(row)
          above = read ?? WHITE_ROW
        }
      }),
    )
  })

  it('a page has so many rows and no more, however little each costs', () => {
    const reader = new PageReader({ columns: COLUMNS, columnsPerMetre: 8_037, rowsPerMetre: 7_700, coding: 'MMR' })
    // Each bit is a white row.
    reader.push(new Uint8Array(500_000).fill(0xff))
    expect(reader.finish(true)?.rows).toBe(MAX_ROWS)
  })
})

describe('UDPTL (ITU-T T.38 section 9.1)', () => {
  it('repairs three lost datagrams in a row, tells of a fourth, and passes nothing twice', () => {
    const [sender, receiver] = [new UdptlStream(400), new UdptlStream(400)]
    const datagrams = Array.from({ length: 12 }, (_, index) => sender.seal(Uint8Array.of(index, index)))
    const got = [0, 1, 5, 5, 4, 10].map((index) => receiver.open(datagrams[index] ?? new Uint8Array()))
    expect(got.map((one) => one?.packets.map(([first]) => first))).toEqual([[0], [1], [2, 3, 4, 5], [], [], [7, 8, 9, 10]])
    expect(got.map((one) => one?.lost)).toEqual([0, 0, 0, 0, 0, 1])
  })

  it('keeps to the size the other side takes, and counts on over 65535', () => {
    const stream = new UdptlStream(20)
    for (let index = 0; index < 0x1_0002; index++) {
      const datagram = stream.seal(new Uint8Array(7))
      expect(datagram.length).toBeLessThanOrEqual(20)
      if (index === 0x1_0001) expect(parseUdptlPacket(datagram)?.sequence).toBe(1)
    }
  })
})

describe('packets and frames', () => {
  it('are written as T.38 annex A and T.30 print them', () => {
    expect(Buffer.from(buildIndicator('v21-preamble')).toString('hex')).toBe('06')
    expect(Buffer.from(buildData('v21', [{ type: 'hdlc-data', data: Uint8Array.of(0xff, 0xc8, 0x01) }, { type: 'hdlc-fcs-ok-sig-end' }])).toString('hex')).toBe(
      'c002800002ffc80140',
    )
    expect(parseIfpPacket(Buffer.from('c002800002ffc80140', 'hex'))).toEqual({
      kind: 'data',
      modulation: 'v21',
      fields: [{ type: 'hdlc-data', data: Buffer.from('ffc801', 'hex') }, { type: 'hdlc-fcs-ok-sig-end' }],
    })
    // Two fields without octets share one (4 bits each).
    expect(parseIfpPacket(Buffer.from('c00212', 'hex'))).toMatchObject({ fields: [{ type: 'hdlc-sig-end' }, { type: 'hdlc-fcs-ok' }] })
  })

  it('carry the number of a terminal with its last digit first (T.30 5.3.6.2.4)', () => {
    const frame = parseT30Frame(buildIdent(FCF.CSI, '+13855550100'))
    expect(frame?.information[0]).toBe(0x0c)
    expect(readIdent(frame?.information ?? new Uint8Array())).toBe('+13855550100')
  })

  it('tell what the sender chose (DCS, T.30 table 2)', () => {
    const dcs = (octets: string) => readDcs(Buffer.from(octets.replaceAll(' ', ''), 'hex'))
    expect(dcs('00 46 0e')).toMatchObject({ columns: 1_728, coding: 'MH', hasCorrection: false, rowsPerMetre: 7_700, bitRate: 14_400 })
    expect(dcs('00 60 0f 22')).toMatchObject({ bitRate: 9_600, coding: 'MMR', hasCorrection: true, rowsPerMetre: 3_850 })
    expect(dcs('00 46 c0')).toBeUndefined()
  })
})

describe('the end of a page (T.4 4.1.4: ends of line alone)', () => {
  it.for(['MH', 'MR'] as const)('is the end: what a modem hears of the silence behind it is no row (%s)', (coding) => {
    const writer = new PageWriter(COLUMNS, { coding, rowsByAbove: 4, leastRowBits: 0 })
    for (const row of [[10, 20], [30, 40], [10, 20]]) writer.push(row) // prettier-ignore
    const reader = new PageReader({ columns: COLUMNS, columnsPerMetre: 8_037, rowsPerMetre: 7_700, coding })
    reader.push(writer.finish())
    reader.push(Uint8Array.of(0x5a, 0x77, 0x00, 0x1e, 0x33, 0x00, 0x1f))
    expect(reader.finish(true)).toMatchObject({ rows: 3, badRows: 0 })
  })
})

describe('hostile input', () => {
  const anyLine = () => new UdptlLine({ maxDatagramBytes: 100, maxBitRate: 14_400, send: () => undefined })
  const terminal = (ends: FaxEnd[], limits: { maxPages?: number; maxDurationMs?: number } = {}, line = anyLine()) =>
    new FaxTerminal({
      ...{ ident: '1', isAnnounced: true, hasCorrection: true, maxPages: 2, maxBytes: 10_000, maxDurationMs: 60_000, line, ...limits },
      onPage: () => undefined,
      onEnd: (end) => ends.push(end),
    })

  it('no datagram, packet, frame or picture makes the fax machine throw, and it ends once', () => {
    const packets = fc.oneof(
      anyBytes(40),
      fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 7 }), anyBytes(300)).map(([modulation, type, data]) =>
        Uint8Array.of(0xc0 | (modulation << 1), 2, 0x80 | (type << 4), 1, 0xff, ...data, 0x40),
      ),
      fc.tuple(fc.constantFrom(...Object.values(FCF)), anyBytes(40)).map(([fcf, data]) =>
        buildData('v21', [{ type: 'hdlc-data', data: Uint8Array.of(0xff, 0xc8, fcf, ...data) }, { type: 'hdlc-fcs-ok-sig-end' }]),
      ),
      fc.tuple(fc.constantFrom('v17-14400', 'v21'), anyBytes(200)).map(([modulation, data]) =>
        buildData(modulation as 'v21', [{ type: 't4-non-ecm-data', data: Uint8Array.of(0, ...data) }]),
      ),
      fc.integer({ min: 0, max: 15 }).map((indicator) => Uint8Array.of(indicator << 1)),
    ) // prettier-ignore
    fc.assert(
      fc.property(fc.array(packets, { maxLength: 60 }), fc.array(anyBytes(60), { maxLength: 5 }), (given, noise) => {
        const ends: FaxEnd[] = []
        const line = anyLine()
        const machine = terminal(ends, {}, line)
        machine.start(0)
        let nowMs = 0
        for (const [index, primary] of given.entries()) {
          line.receive(buildUdptlPacket({ sequence: index, primary, earlier: [] }), (nowMs += 50))
          machine.tick(nowMs)
        }
        for (const bytes of noise) line.receive(bytes, nowMs)
        for (; nowMs < 120_000; nowMs += 500) machine.tick(nowMs)
        machine.stop(nowMs)
        expect(ends).toHaveLength(1)
      }),
    )
  })

  it('a document has so many pages, and a call so many minutes', () => {
    const ends: FaxEnd[] = []
    const machine = terminal(ends, { maxDurationMs: 5_000 })
    machine.start(0)
    for (let nowMs = 0; nowMs < 10_000; nowMs += 20) machine.tick(nowMs)
    expect(ends).toMatchObject([{ reason: 'TooLong' }])
  })
})
