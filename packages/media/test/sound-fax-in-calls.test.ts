import { afterEach, describe, expect, it } from 'vitest'
import { listen, MediaBench, value } from './media-bench.ts'

const benches: MediaBench[] = []
afterEach(() => Promise.all(benches.splice(0).map((bench) => bench.close())))

const PAGE = { columns: 1_728, rows: 1, columnsPerMetre: 8_037, rowsPerMetre: 3_850, badRows: 0, isComplete: true, data: Buffer.from([0x80]) }

async function machineAt() {
  const bench = await MediaBench.start()
  benches.push(bench)
  const session = await bench.session()
  return { session, ...listen(session) }
}

describe('a fax in the sound of a call', () => {
  it.for(['none', 'required'] as const)('goes both ways between two of our machines, SRTP %s', { timeout: 30_000 }, async (encryption) => {
    const [caller, called] = [await machineAt(), await machineAt()]
    const answer = value(called.session.answerLocally('a', caller.session.offerLocally('b', undefined, encryption)))
    value(caller.session.acceptLocally('b', answer))
    expect(answer.includes('RTP/SAVP')).toBe(encryption === 'required')
    called.session.fax.receive('a', { faxId: 'in', ident: '+18015550001', isAnnounced: true, maxDurationMs: 60_000 }, () => Promise.resolve(true))
    // Until then both have said who they are.
    caller.session.fax.send('b', { faxId: 'out', ident: '+18015550002', pages: [PAGE], maxDurationMs: 6_500 }, () => undefined)
    const end = { isSound: true }
    expect(await caller.next((event) => event.type === 'faxed')).toMatchObject({ end: { ...end, reason: 'TooLong', remoteIdent: '+18015550001' } })
    called.session.fax.stop('a')
    expect(await called.next((event) => event.type === 'faxed')).toMatchObject({ end: { ...end, remoteIdent: '+18015550002' } })
  })

  it('goes over to T.38 when it is ordered again, and is told of once', async () => {
    const { session, events, next } = await machineAt()
    const phone = await benches[0]?.phone()
    value(session.answerLocally('a', phone?.sdp() ?? ''))
    const order = { faxId: 'in', ident: '+18015550001', isAnnounced: true, maxDurationMs: 60_000 }
    session.fax.receive('a', order, () => Promise.resolve(true))
    const offer = (phone?.sdp() ?? '').replace(/m=audio (\d+) \S+ [\d ]+/, 'm=image $1 udptl t38').replaceAll(/a=(?:rtpmap|fmtp|ptime)[^\n]*\n/g, '')
    value(session.fax.answer('a', offer))
    session.fax.receive('a', order, () => Promise.resolve(true))
    session.fax.stop('a')
    expect(await next((event) => event.type === 'faxed')).toMatchObject({ faxId: 'in', end: { reason: 'CallEnded', isSound: false } })
    expect(events.filter((event) => event.type === 'faxed')).toHaveLength(1)
  })
})
