import { ManualTime } from '@dialtone/foundation'
import type { FaxEnd, FaxOrder, FaxPage, FaxSink, MediaSession } from '@dialtone/media'
import { describe, expect, it } from 'vitest'
import { FaxReception, type FaxResult } from './fax-reception.ts'

const PAGE: FaxPage = { columns: 8, rows: 1, columnsPerMetre: 8_037, rowsPerMetre: 3_850, badRows: 0, isComplete: true, data: Buffer.from('x') }
const COMPLETED: FaxEnd = { reason: 'Completed', remoteIdent: '', bitRate: 9_600, hasCorrection: true, isSound: true }
const CED_MS = 3_000

function reception() {
  const time = new ManualTime()
  const done: FaxResult[] = []
  const orders: FaxOrder[] = []
  const told = { offers: 0, page: (_page: FaxPage): Promise<boolean> => Promise.resolve(false) }
  const receive = (_side: string, order: FaxOrder, sink: FaxSink): void => {
    orders.push(order)
    told.page = sink
  }
  const fax = new FaxReception(
    {
      session: { play: () => undefined, fax: { receive, stop: () => undefined } } as unknown as Pick<MediaSession, 'play' | 'fax'>,
      timers: time,
      isAgreed: () => false,
      offer: () => told.offers++,
      keep: () => Promise.resolve(true),
      done: (result) => done.push(result),
    },
    { faxId: 'one', ident: '+18015550001', maxDurationMs: 60_000 },
  )
  fax.start()
  time.advance(CED_MS)
  return { time, fax, orders, done, told }
}

describe('our fax machine and a caller that takes no T.38', () => {
  it.for([488, 415, 491, 500, 606])('goes on in the sound of the call when its offer is answered with %d', (statusCode) => {
    const { fax, orders, done, told } = reception()
    expect([told.offers, orders.length]).toEqual([1, 0])
    fax.refused(statusCode)
    expect(orders).toMatchObject([{ faxId: 'one', isAnnounced: true }])
    fax.hear({ type: 'faxed', side: 'a', faxId: 'one', end: COMPLETED })
    expect(done).toMatchObject([{ kind: 'ended', end: { reason: 'Completed', isSound: true } }])
  })

  it.for([408, 481])('is done when the answer ends the call: %d', (statusCode) => {
    const { fax, orders, done } = reception()
    fax.refused(statusCode)
    expect([orders, done]).toEqual([[], [{ kind: 'refused', statusCode }]])
  })

  it('changes over to T.38 when the caller asks for that in the middle, until a page has come', async () => {
    const { fax, orders, told } = reception()
    fax.refused(488)
    fax.agreed()
    expect(orders).toHaveLength(2)
    fax.agreed()
    expect(orders).toHaveLength(2)
    const late = reception()
    late.fax.refused(488)
    expect(await late.told.page(PAGE)).toBe(true)
    late.fax.agreed()
    expect(late.orders).toHaveLength(1)
    expect(told.offers).toBe(1)
  })

  it('is told of a fax that broke off how it had come', () => {
    const { time, fax, done } = reception()
    fax.refused(488)
    expect(fax.stop()).toBe(true)
    time.advance(2_000)
    expect(done).toMatchObject([{ kind: 'ended', end: { reason: 'CallEnded', isSound: true } }])
  })
})
