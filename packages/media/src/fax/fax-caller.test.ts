import { describe, expect, it, vi } from 'vitest'
import { FaxCaller } from './fax-caller.ts'
import { type FaxEnd, FaxTerminal } from './fax-terminal.ts'
import type { ImageRow } from './image-row.ts'
import { formatFor, PageCoder } from './page-for-terminal.ts'
import { type FaxPage, PageReader } from './page-reader.ts'
import { PageWriter } from './page-writer.ts'
import { readDis } from './t30-frame.ts'
import { UdptlLine } from './udptl-line.ts'

const STEP_MS = 20
const LONGEST_MS = 600_000
const COLUMNS = 1_728

/** Rows that differ, with a frame at both edges. */
function drawPage(rows: number, { rowsPerMetre = 7_700, columns = COLUMNS, seed = 1 } = {}): FaxPage {
  const writer = new PageWriter(columns)
  for (let y = 0; y < rows; y++) writer.push(rowOf(y + seed, columns))
  return { columns, rows, columnsPerMetre: 8_037, rowsPerMetre, badRows: 0, isComplete: true, data: writer.finish() }
}

function rowOf(y: number, columns: number): ImageRow {
  const marks = Array.from({ length: 40 }, (_, index) => ((index * 37 + y * 13 + ((y * index) % 11)) % (columns - 20)) + 5)
  const starts = [...new Set(marks.map((mark) => mark - (mark % 6)))].toSorted((one, other) => one - other)
  return [0, 2, ...starts.filter((start) => start > 4).flatMap((start) => [start, start + 2]), columns - 2]
}

interface Sent {
  readonly pages: readonly FaxPage[]
  readonly caller: FaxEnd | undefined
  readonly called: FaxEnd | undefined
  readonly confirmed: number
  readonly durationMs: number
}

interface Options {
  readonly hasCorrection?: boolean
  readonly maxBitRate?: number
  readonly maxDatagramBytes?: number
  /** Which datagrams arrive. */
  readonly passes?: (datagram: Uint8Array, by: 'caller' | 'called', nowMs: number) => boolean
  readonly keeps?: boolean
}

/** Our calling terminal and our called one, in virtual time. */
function send(
  pages: readonly FaxPage[],
  { hasCorrection = true, maxBitRate = 14_400, maxDatagramBytes = 400, passes = () => true, keeps = true }: Options = {},
): Sent {
  const received: FaxPage[] = []
  const ends: { caller?: FaxEnd; called?: FaxEnd } = {}
  let [confirmed, nowMs] = [0, 0]
  const ways: { readonly atMs: number; readonly give: () => void }[] = []
  const way = (by: 'caller' | 'called', take: (datagram: Uint8Array) => void) => (datagram: Uint8Array) => {
    if (passes(datagram, by, nowMs)) ways.push({ atMs: nowMs + STEP_MS, give: () => take(datagram) })
  }
  const calledLine = new UdptlLine({ maxDatagramBytes, maxBitRate, send: way('called', (datagram) => void callerLine.receive(datagram, nowMs)) })
  const callerLine = new UdptlLine({ maxDatagramBytes, maxBitRate, send: way('caller', (datagram) => void calledLine.receive(datagram, nowMs)) })
  const called: FaxTerminal = new FaxTerminal({
    ...{ ident: '+13855550100', isAnnounced: true, hasCorrection, maxPages: 50, maxBytes: 5_000_000, maxDurationMs: LONGEST_MS },
    line: calledLine,
    onPage: (page) => {
      received.push(page)
      called.pageKept(keeps, nowMs)
    },
    onEnd: (end) => void (ends.called = end),
  })
  const caller: FaxCaller = new FaxCaller({
    ...{ ident: '+13855550142', pages, hasCorrection: true, maxDurationMs: LONGEST_MS },
    line: callerLine,
    onPageSent: () => void confirmed++,
    onEnd: (end) => void (ends.caller = end),
  })
  caller.start(nowMs)
  called.start(nowMs)
  for (; nowMs < LONGEST_MS && (ends.caller === undefined || ends.called === undefined); nowMs += STEP_MS) {
    while ((ways[0]?.atMs ?? Infinity) <= nowMs) ways.shift()?.give()
    caller.tick(nowMs)
    called.tick(nowMs)
  }
  return { pages: received, caller: ends.caller, called: ends.called, confirmed, durationMs: nowMs }
}

/** Data of pictures, not of V.21. */
const isPicture = (datagram: Uint8Array): boolean => ((datagram[3] ?? 0) & 0x40) !== 0 && ((datagram[3] ?? 0) & 0x1e) !== 0
const isSame = (sent: readonly FaxPage[], got: readonly FaxPage[]): boolean =>
  sent.length === got.length && sent.every(({ data, rows }, index) => got[index]?.rows === rows && Buffer.from(data).equals(got[index].data))

describe('a page for a terminal that has less', () => {
  it('has half as many rows, with the ink of both', () => {
    const writer = new PageWriter(COLUMNS)
    for (const row of [[0, 4], [2, 6, 1_000, 1_728], [], [7, 8], [100, 101]] satisfies ImageRow[]) writer.push(row)
    const page: FaxPage = { columns: COLUMNS, rows: 5, columnsPerMetre: 8_037, rowsPerMetre: 7_700, badRows: 0, isComplete: true, data: writer.finish() }
    const coarse = readDis(Uint8Array.of(0, 0x40, 0))
    const format = formatFor(page, coarse, true)
    expect(format).toEqual({ columns: COLUMNS, rowsPerMetre: 3_850, coding: 'MH', hasCorrection: false, leastRowMs: 20 })
    const reader = new PageReader({ columns: COLUMNS, columnsPerMetre: 8_037, rowsPerMetre: 3_850, coding: 'MH' })
    if (format !== undefined) reader.push(new PageCoder(page, format, 9_600).finish())
    const expected = new PageWriter(COLUMNS)
    for (const row of [
      [0, 6, 1_000],
      [7, 8],
      [100, 101],
    ] satisfies ImageRow[])
      expected.push(row)
    const read = reader.finish(true)
    expect(read).toMatchObject({ rows: 3, badRows: 0 })
    expect(Buffer.from(read?.data ?? []).equals(expected.finish())).toBe(true)
    expect(formatFor({ ...page, columns: 2_048 }, coarse, true)).toBeUndefined()
  })
})

describe('a fax that we send', () => {
  const pages = [drawPage(150), drawPage(80, { seed: 9 })]

  it.each([true, false])('comes pel by pel to our own called terminal, with error correction: %s', (hasCorrection) => {
    const sent = send(pages, { hasCorrection })
    expect(sent).toMatchObject({
      confirmed: 2,
      caller: { reason: 'Completed', remoteIdent: '+13855550100', bitRate: 14_400, hasCorrection },
      called: { reason: 'Completed', remoteIdent: '+13855550142' },
    })
    expect(isSame(pages, sent.pages)).toBe(true)
  })

  it('takes as long as a telephone line takes: a receiver that prints keeps up', () => {
    const { durationMs } = send([drawPage(1_000)])
    expect(durationMs).toBeGreaterThan(15_000)
    expect(durationMs).toBeLessThan(90_000)
  })

  it.each([
    ['without error correction', {}],
    ['when it is trained anew after a bad check', { isTrainedAnew: true }],
  ])('is coded little by little, %s, beside what is said before it', (_how, { isTrainedAnew = false }: { readonly isTrainedAnew?: boolean }) => {
    const left: number[] = []
    const most = { rows: 0 }
    const { work, finish } = PageCoder.prototype
    vi.spyOn(PageCoder.prototype, 'finish').mockImplementation(function (this: PageCoder) {
      left.push(this.rowsLeft)
      return finish.call(this)
    })
    vi.spyOn(PageCoder.prototype, 'work').mockImplementation(function (this: PageCoder, rows: number) {
      most.rows = Math.max(most.rows, Math.min(rows, this.rowsLeft))
      work.call(this, rows)
    })
    const passes = (datagram: Uint8Array, by: string, nowMs: number): boolean => !isTrainedAnew || by === 'called' || nowMs > 9_000 || !isPicture(datagram)
    const three = [drawPage(1_100), drawPage(1_100, { seed: 5 }), drawPage(40, { seed: 7 })]
    const sent = send(three, { hasCorrection: false, passes })
    vi.restoreAllMocks()
    expect([sent.caller?.reason, isSame(three, sent.pages), left]).toEqual(['Completed', true, [0, 0, 0]])
    expect(most.rows).toBeLessThan(100)
  })

  it('of several blocks is whole (T.30 annex A: 64 kB a block)', () => {
    const large = [drawPage(1_600, { seed: 3 })]
    expect(large[0]?.data.length).toBeGreaterThan(65_536)
    const sent = send(large)
    expect([sent.caller?.reason, sent.confirmed, isSame(large, sent.pages)]).toEqual(['Completed', 1, true])
  })

  it('changes between kinds of paper (EOM)', () => {
    const mixed = [drawPage(40), drawPage(40, { rowsPerMetre: 3_850 }), drawPage(40, { rowsPerMetre: 15_400 }), drawPage(30, { columns: 2_048 })]
    const sent = send(mixed)
    expect([sent.caller?.reason, sent.confirmed, isSame(mixed, sent.pages)]).toEqual(['Completed', 4, true])
    expect(sent.pages.map(({ rowsPerMetre }) => rowsPerMetre)).toEqual([7_700, 3_850, 15_400, 7_700])
  })

  it.each([true, false])('bears that every tenth datagram is lost, both ways: error correction %s', (hasCorrection) => {
    let count = 0
    const sent = send(pages, { hasCorrection, passes: () => ++count % 10 !== 0 })
    expect([sent.caller?.reason, sent.confirmed, isSame(pages, sent.pages)]).toEqual(['Completed', 2, true])
  })

  it('sends again what the receiver misses (PPR), also when it is lost again', () => {
    let seen = 0
    // Twelve datagrams with pels in a row: more than what those behind repeat, and in what is sent again too.
    const sent = send(pages, { passes: (datagram) => !isPicture(datagram) || ++seen <= 100 || seen % 60 >= 12 })
    expect([sent.caller?.reason, sent.confirmed, isSame(pages, sent.pages)]).toEqual(['Completed', 2, true])
  })

  it('asks again when a confirmation does not come, and sends no page twice', () => {
    let isLost = false
    const sent = send(pages, {
      passes: (_datagram, by, nowMs) => {
        // The first confirmation, all of it.
        isLost = by === 'called' && nowMs > 20_000 && nowMs < 21_500
        return !isLost
      },
    })
    expect([sent.caller?.reason, sent.confirmed, sent.pages.length]).toEqual(['Completed', 2, 2])
  })

  it('goes down when the line is too bad for a rate (FTT)', () => {
    let trainings = 0
    let wasPicture = false
    const sent = send(pages, {
      passes: (datagram, by) => {
        if (by === 'called') return true
        const isNow = isPicture(datagram)
        if (isNow && !wasPicture) trainings++
        wasPicture = isNow
        return !isNow || trainings > 2
      },
    })
    expect(sent.caller).toMatchObject({ reason: 'Completed' })
    expect(sent.caller?.bitRate).toBeLessThan(14_400)
    expect(isSame(pages, sent.pages)).toBe(true)
  })

  it('keeps to the rate that T.38 was agreed for, and to small datagrams', () => {
    let largest = 0
    const sent = send(pages, {
      maxBitRate: 9_600,
      maxDatagramBytes: 72,
      passes: (datagram) => {
        largest = Math.max(largest, datagram.length)
        return true
      },
    })
    expect(sent.caller).toMatchObject({ reason: 'Completed', bitRate: 9_600 })
    expect(largest).toBeLessThanOrEqual(72)
    expect(isSame(pages, sent.pages)).toBe(true)
  })

  it('ends where nobody is a fax machine, after T1', () => {
    const sent = send(pages, { passes: (_datagram, by) => by === 'caller' })
    expect(sent).toMatchObject({ confirmed: 0, caller: { reason: 'NoFaxMachine', bitRate: undefined } })
    expect(sent.durationMs).toBeGreaterThan(38_000)
  })

  it('ends when the receiver falls silent or keeps no page, with what was confirmed', () => {
    const gone = send(pages, { passes: (_datagram, by, nowMs) => by === 'caller' || nowMs < 20_000 })
    expect(gone.caller?.reason).toBe('ReceiverLost')
    const unkept = send(pages, { keeps: false })
    expect(unkept).toMatchObject({ confirmed: 0, caller: { reason: 'ReceiverStopped' } })
  })
})
