import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CalledParty } from './called-party.ts'
import { OFFER } from './raw-peer.ts'

let party: CalledParty

beforeEach(async () => {
  party = await CalledParty.open()
})
afterEach(() => party.close())

const MULTIPART = 'multipart/mixed;boundary="b 1"'
const LOCATION = 'Content-Type: application/pidf+xml\r\nContent-ID: <a@test>\r\n\r\n<presence/>'
const SESSION = `Content-Type: application/sdp\r\n\r\n${OFFER}`

const parts = (...pieces: readonly string[]): string => `${pieces.map((piece) => `--b 1\r\n${piece}\r\n`).join('')}--b 1--\r\n`

describe('a body of several parts (RFC 5621 3.1)', () => {
  it.each([
    ['before the offer', parts(LOCATION, SESSION)],
    ['after it', parts(SESSION, LOCATION)],
    ['with a preamble', `for old readers\r\n${parts(LOCATION, SESSION)}`],
    ['that is a session of another kind (RFC 3959)', parts(`Content-Disposition: early-session\r\n${SESSION}`, SESSION)],
  ])('gives the offer among others: %s', async (_, body) => {
    party.request({ method: 'INVITE', contentType: MULTIPART, body })
    const invite = await party.invites.next()
    await party.peer.nextResponse(100)
    // The line end before the boundary belongs to the boundary (RFC 2046 5.1.1).
    invite.answer({ body: OFFER })
    await party.peer.nextResponse(200)
    const to = `<sip:stack@127.0.0.1>;tag=${invite.leg.id}`
    party.acknowledge(to)
    party.request({ method: 'INVITE', to, sequence: 2, contentType: MULTIPART, body })
    await party.peer.nextResponse(100)
    const offered: (string | undefined)[] = []
    invite.leg.onEvent((event) => {
      if (event.type !== 'reinvite') return
      offered.push(event.body)
      event.reject(488)
    })
    await party.peer.nextResponse(488)
    expect(offered).toEqual([OFFER])
    await party.hangUp(to)
  })

  it.each([
    ['no offer in it', parts(LOCATION), MULTIPART],
    ['a part that must be understood (8.3)', parts(`Content-Disposition: render;handling=required\r\n${LOCATION}`, SESSION), MULTIPART],
    ['no boundary', parts(SESSION), 'multipart/mixed'],
    ['a part without end of its header', '--b 1\r\nContent-Type: application/sdp\r\n--b 1--', MULTIPART],
  ])('is refused with 415: %s', async (_, body, contentType) => {
    party.request({ method: 'INVITE', contentType, body })
    expect((await party.peer.nextResponse(415)).header('accept')).toBe('application/sdp')
  })
})

describe('Content-Disposition (RFC 3261 20.11)', () => {
  it('lets what is optional pass: the INVITE has no offer then', async () => {
    party.request({ method: 'INVITE', contentType: 'text/plain', body: 'x', headers: [['Content-Disposition', 'render;handling=optional']] })
    const invite = await party.invites.next()
    await party.peer.nextResponse(100)
    invite.reject(488)
    await party.peer.nextResponse(488)
  })

  it('of a session description is `session` also when it says so', async () => {
    party.request({ method: 'INVITE', body: OFFER, headers: [['Content-Disposition', 'session;handling=required']] })
    const invite = await party.invites.next()
    expect(invite.offered).toBe(OFFER)
    await party.peer.nextResponse(100)
    invite.reject(488)
    await party.peer.nextResponse(488)
  })

  it('of a session description says whether it is the offer (RFC 3959): 415', async () => {
    party.request({ method: 'INVITE', body: OFFER, headers: [['Content-Disposition', 'early-session']] })
    await party.peer.nextResponse(415)
  })
})

describe('Content-Encoding (RFC 3261 8.2.3, 20.12)', () => {
  it('that we do not know is refused with 415 and Accept-Encoding, also within the dialog', async () => {
    const headers = [['Content-Encoding', 'gzip']] as const
    party.request({ method: 'INVITE', callId: 'other', body: OFFER, headers })
    expect((await party.peer.nextResponse(415)).header('accept-encoding')).toBe('identity')
    const { to, watch } = await party.connect()
    for (const [sequence, method] of [
      [2, 'INVITE'],
      [3, 'UPDATE'],
      [4, 'INFO'],
    ] as const) {
      party.request({ method, to, sequence, body: OFFER, headers })
      expect((await party.peer.nextResponse(415, method)).header('accept-encoding')).toBe('identity')
    }
    await party.hangUp(to)
    expect(watch.rest).toEqual(['bye'])
  })
})

describe('INFO of a package (RFC 6086 4.2.2)', () => {
  it('gets 469 with Recv-Info: we have asked for none; plain INFO is taken', async () => {
    const { to, watch } = await party.connect()
    party.request({ method: 'INFO', to, sequence: 2, headers: [['Info-Package', 'conference']], contentType: 'text/plain', body: 'x' })
    expect((await party.peer.nextResponse(469, 'INFO')).header('recv-info')).toBe('')
    party.request({ method: 'INFO', to, sequence: 3, contentType: 'application/dtmf-relay', body: 'Signal=1' })
    await party.peer.nextResponse(200, 'INFO')
    expect(await watch.next('info')).toMatchObject({ body: 'Signal=1' })
    await party.hangUp(to)
    expect(watch.rest).toEqual(['bye'])
  })
})
