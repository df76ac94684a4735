import { ManualTime } from '@dialtone/foundation'
import type { FaxEnd, FaxPage, FaxToSend, MediaSession } from '@dialtone/media'
import { describe, expect, it } from 'vitest'
import type { FaxResult } from './fax-reception.ts'
import { FaxSending } from './fax-sending.ts'

const PAGE: FaxPage = { columns: 8, rows: 1, columnsPerMetre: 8_037, rowsPerMetre: 3_850, badRows: 0, isComplete: true, data: Buffer.from('x') }
const end = (reason: FaxEnd['reason']): FaxEnd => ({ reason, remoteIdent: '+1 607', bitRate: 14_400, hasCorrection: true, isSound: false })
const OFFER_AFTER_MS = 6_000
const OFFER_AGAIN_MS = 2_500
const END_MS = 2_000

/** A call for a fax, whose document comes when it is given. */
function sending() {
  const time = new ManualTime()
  const done: FaxResult[] = []
  const faxes: FaxToSend[] = []
  const told = { offers: 0, pages: [] as number[], confirm: () => {}, isAgreed: false }
  const opened = Promise.withResolvers<readonly FaxPage[] | undefined>()
  const send = (_side: string, fax: FaxToSend, pageSent: () => void): void => {
    faxes.push(fax)
    told.confirm = pageSent
  }
  const fax = new FaxSending(
    {
      session: { play: () => undefined, fax: { send } } as unknown as Pick<MediaSession, 'play' | 'fax'>,
      timers: time,
      isAgreed: () => told.isAgreed,
      offer: () => told.offers++,
      open: () => opened.promise,
      pageSent: (pages) => told.pages.push(pages),
      done: (result) => done.push(result),
    },
    { faxId: 'one', ident: '+18015550001' },
  )
  fax.start()
  const give = async (pages: readonly FaxPage[] | undefined) => {
    opened.resolve(pages)
    await opened.promise
    await Promise.resolve()
  }
  return { time, fax, faxes, done, told, give }
}

describe('our fax machine, which has called another one', () => {
  it('offers T.38 to who has not asked for it in time, and counts the pages that are confirmed', async () => {
    const { time, fax, faxes, done, told, give } = sending()
    await give([PAGE, PAGE])
    time.advance(OFFER_AFTER_MS - 1)
    expect(told.offers).toBe(0)
    time.advance(1)
    expect(told.offers).toBe(1)
    fax.agreed()
    expect(faxes).toMatchObject([{ faxId: 'one', ident: '+18015550001', pages: [PAGE, PAGE] }])
    told.confirm()
    told.confirm()
    expect(told.pages).toEqual([1, 2])
    fax.hear({ type: 'faxed', side: 'b', faxId: 'one', end: end('Completed') })
    expect(done).toMatchObject([{ kind: 'ended', faxId: 'one', end: { reason: 'Completed' }, pages: [{ sizeBytes: 1 }, { sizeBytes: 1 }] }])
  })

  it('is asked for T.38 itself: offers none, and begins when the document is there', async () => {
    const { time, fax, faxes, told, give } = sending()
    told.isAgreed = true
    fax.agreed()
    expect(faxes).toEqual([])
    await give([PAGE])
    expect(faxes).toHaveLength(1)
    time.advance(OFFER_AFTER_MS)
    expect(told.offers).toBe(0)
  })

  it('goes on in the sound of the call when it is refused T.38 (488), as soon as the document is there', async () => {
    const { time, fax, faxes, done, told, give } = sending()
    time.advance(OFFER_AFTER_MS)
    fax.refused(488)
    expect(faxes).toEqual([])
    await give([PAGE, PAGE])
    expect(faxes).toHaveLength(1)
    // The other one asks for T.38 all the same: the fax begins anew, until a page is confirmed.
    fax.agreed()
    expect(faxes).toHaveLength(2)
    told.confirm()
    fax.agreed()
    expect([faxes.length, done]).toEqual([2, []])
  })

  it('gives up when the offer of T.38 has ended the call (408, 481), and when nobody has the document', async () => {
    for (const statusCode of [408, 481]) {
      const { time, fax, faxes, done, give } = sending()
      await give([PAGE])
      time.advance(OFFER_AFTER_MS)
      fax.refused(statusCode)
      expect(done).toEqual([{ kind: 'refused', statusCode }])
      fax.agreed()
      expect(faxes).toEqual([])
    }
    const lost = sending()
    await lost.give(undefined)
    expect(lost.done).toMatchObject([{ kind: 'ended', end: { reason: 'UnsupportedDocument' }, pages: [] }])
  })

  it('offers it again when both asked at once (491), three times in all (RFC 3261 14.1), and goes on by sound', async () => {
    const { time, fax, faxes, done, told, give } = sending()
    await give([PAGE])
    time.advance(OFFER_AFTER_MS)
    for (const offers of [1, 2, 3]) {
      expect([told.offers, done.length, faxes.length]).toEqual([offers, 0, 0])
      fax.refused(491)
      time.advance(OFFER_AGAIN_MS)
    }
    expect([told.offers, done.length, faxes.length]).toEqual([3, 0, 1])
  })

  it('says once what came of a call that ended: at once before the fax, in two seconds when nobody reports its end', async () => {
    const early = sending()
    early.fax.stop()
    expect(early.done).toMatchObject([{ kind: 'ended', end: { reason: 'CallEnded' }, pages: [] }])
    await early.give([PAGE])
    expect(early.faxes).toEqual([])
    const { time, fax, done, told, give } = sending()
    await give([PAGE, PAGE])
    fax.agreed()
    told.confirm()
    fax.stop()
    time.advance(END_MS - 1)
    expect(done).toEqual([])
    time.advance(1)
    fax.hear({ type: 'faxed', side: 'b', faxId: 'one', end: end('Completed') })
    expect(done).toMatchObject([{ end: { reason: 'CallEnded' }, pages: [{ sizeBytes: 1 }] }])
  })
})
