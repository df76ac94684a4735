import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft, follow, hearEachOther, talk } from './talk.ts'

let rig: SwitchRig

beforeEach(async () => {
  rig = await SwitchRig.start()
})

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    await rig.stop()
  }
})

async function aliceTalksToCarol() {
  return talk(rig, await rig.phone('alice-desk'), '2003', await rig.phone('carol-desk'))
}

/** The direction of the audio in a description. */
function directionIn(description: string | undefined): string | undefined {
  return /^a=(sendrecv|sendonly|recvonly|inactive)\r$/m.exec(description ?? '')?.[1]
}

describe('offers in a call', () => {
  it('both sides hold, and resume one after the other (RFC 3264 8.4)', async () => {
    const call = await aliceTalksToCarol()
    const exchange = async (from: 'caller' | 'callee', offered: string, answered: string, version: number) => {
      const [asker, asked] = from === 'caller' ? [call.caller, call.callee] : [call.callee, call.caller]
      const [askerEar, askedEar] = from === 'caller' ? [call.callerEar, call.calleeEar] : [call.calleeEar, call.callerEar]
      const arrives = asked.next('reinvite')
      const comesBack = asker.next('reinviteAnswered')
      asker.leg.reinvite(askerEar.description(offered, version))
      const offer = await arrives
      offer.answer(askedEar.description(answered, version))
      return [directionIn(offer.body), directionIn((await comesBack).body)]
    }
    expect(await exchange('caller', 'sendonly', 'recvonly', 2)).toEqual(['sendonly', 'recvonly'])
    expect(await exchange('callee', 'inactive', 'inactive', 3)).toEqual(['inactive', 'inactive'])
    expect(await exchange('caller', 'recvonly', 'sendonly', 4)).toEqual(['recvonly', 'sendonly'])
    expect(await exchange('callee', 'sendrecv', 'sendrecv', 5)).toEqual(['sendrecv', 'sendrecv'])
    await hearEachOther(call)
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })

  it('both sides offer at once: 491, and each gets its turn (RFC 3261 14.1)', async () => {
    const call = await aliceTalksToCarol()
    follow(call.caller, call.callerEar, 440)
    follow(call.callee, call.calleeEar, 1_000)
    const both = Promise.all([call.caller.saw('reinviteAnswered'), call.callee.saw('reinviteAnswered')])
    call.caller.leg.reinvite(call.callerEar.description('sendrecv', 2))
    call.callee.leg.reinvite(call.calleeEar.description('sendrecv', 2))
    await both
    await hearEachOther(call)
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })

  it('of two who offer at once the first to try again is heard, however the other one waits (RFC 3261 14.1)', async () => {
    const call = await aliceTalksToCarol()
    follow(call.caller, call.callerEar, 440)
    // She tries again long before the switch does: 491 of hers makes it wait for two seconds and more.
    const arrives = call.callee.next('reinvite')
    call.caller.leg.reinvite(call.callerEar.description('sendonly', 2))
    ;(await arrives).reject(491)
    const answered = call.callee.next('reinviteAnswered')
    const refused = call.caller.next('reinvite')
    call.callee.leg.reinvite(call.calleeEar.description('sendrecv', 2))
    await Promise.all([answered, refused])
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })

  it('another codec is agreed by re-INVITE, end to end (RFC 3264 8.3.2)', async () => {
    const call = await aliceTalksToCarol()
    const pcma = (text: string) => text.replace('RTP/AVP 0', 'RTP/AVP 8')
    const arrives = call.callee.next('reinvite')
    const comesBack = call.caller.next('reinviteAnswered')
    call.caller.leg.reinvite(pcma(call.callerEar.description('sendrecv', 2)))
    const offer = await arrives
    expect(offer.body).toMatch(/m=audio \d+ RTP\/AVP 8\b/)
    offer.answer(pcma(call.calleeEar.description('sendrecv', 2)))
    expect((await comesBack).body).toMatch(/m=audio \d+ RTP\/AVP 8\b/)
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })

  it('one that is cancelled while the other side thinks it over is cancelled there; nothing has changed, and they may offer again (RFC 3261 9.1)', async () => {
    const call = await aliceTalksToCarol()
    const arrives = call.callee.next('reinvite')
    call.caller.leg.reinvite(call.callerEar.description('sendonly', 2))
    await arrives
    const refused = call.caller.next('reinviteRejected')
    const cancelled = call.callee.next('reinviteCancelled')
    call.caller.leg.cancelReinvite()
    await cancelled
    expect((await refused).statusCode).toBe(487)
    await hearEachOther(call)
    follow(call.callee, call.calleeEar, 1_000)
    const held = call.caller.next('reinviteAnswered')
    call.caller.leg.reinvite(call.callerEar.description('sendonly', 3))
    await held
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })

  it('one that is answered in the moment it is cancelled is taken back: the callee is offered what is in force (RFC 3261 9.1)', async () => {
    const alice = await rig.phone('alice-desk')
    const call = await talk(rig, alice, '2003', await rig.phone('carol-desk'))
    const arrives = call.callee.next('reinvite')
    call.caller.leg.reinvite(call.callerEar.description('sendonly', 2))
    const offer = await arrives
    // The 100 came before this answer: the CANCEL goes out at once.
    await alice.request('OPTIONS', 'sip:switch', [])
    const back = call.callee.next('reinvite')
    call.caller.leg.cancelReinvite()
    // Behind the CANCEL on the way to the switch.
    offer.answer(call.calleeEar.description('recvonly', 2))
    await call.caller.saw('reinviteRejected')
    const { body, answer } = await back
    expect(directionIn(body) ?? 'sendrecv').toBe('sendrecv')
    answer(call.calleeEar.description('sendrecv', 3))
    await hearEachOther(call)
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })

  it('an UPDATE goes on as UPDATE (RFC 3311 5)', async () => {
    const call = await aliceTalksToCarol()
    const arrives = call.callee.next('reinvite')
    const comesBack = call.caller.next('reinviteAnswered')
    call.caller.leg.update(call.callerEar.description('sendonly', 2))
    const offer = await arrives
    expect([offer.method, offer.body]).toEqual(['UPDATE', expect.stringContaining('a=sendonly')])
    offer.answer(call.calleeEar.description('recvonly', 2))
    expect((await comesBack).body).toContain('a=recvonly')
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })

  it('an UPDATE before the answer is refused with 488, and the call is answered nevertheless (RFC 3311 5.2)', async () => {
    const alice = await rig.phone('alice-desk')
    const ear = await rig.ear()
    const call = alice.call('6075550123', ear.description())
    const arrived = await rig.pstn.nextCall()
    const pstnEar = await rig.ear()
    arrived.invite.progress(183, { body: pstnEar.description() })
    await call.saw('progress')
    call.leg.update(ear.description('sendonly', 2))
    expect((await call.saw('reinviteRejected')).statusCode).toBe(488)
    arrived.invite.answer({ body: pstnEar.description() })
    await call.saw('answered')
    call.leg.bye()
    await arrived.saw('bye')
    await rig.closed(1)
  })

  it('early media goes reliably to a caller that can take it so (RFC 3262 3, 5)', async () => {
    const alice = await rig.phone('alice-desk')
    const call = alice.call('6075550123', (await rig.ear()).description())
    const arrived = await rig.pstn.nextCall()
    arrived.invite.progress(183, { body: (await rig.ear()).description() })
    const { response } = await call.saw('progress')
    expect([response.header('require'), response.header('rseq') !== undefined]).toEqual(['100rel', true])
    await arrived.saw('progressAcknowledged')
    call.cancel()
    await arrived.saw('cancelled')
    await rig.closed(1)
  })

  it.each(['caller', 'callee'] as const)('the %s hangs up while its offer is still on the way: everything ends (RFC 3261 15)', async (who) => {
    const call = await aliceTalksToCarol()
    const arrives = call.callee.next('reinvite')
    call.caller.leg.reinvite(call.callerEar.description('sendonly', 2))
    await arrives
    const [leaver, left] = who === 'caller' ? [call.caller, call.callee] : [call.callee, call.caller]
    leaver.leg.bye()
    await left.saw('bye')
    await rig.closed(1)
  })
})
