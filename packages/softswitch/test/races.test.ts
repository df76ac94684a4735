import { ManualTime } from '@dialtone/foundation'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RawPhone } from './raw-phone.ts'
import { SwitchRig } from './switch-rig.ts'
import { REALM } from './switch-tenants.ts'
import { expectNothingLeft, talk } from './talk.ts'

let rig: SwitchRig
const raws: RawPhone[] = []

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
    // What the switch has let go of, the stack has too.
    await vi.waitFor(() => expect(rig.stack.statistics.dialogs).toBe(0), { timeout: 5_000, interval: 10 })
  } finally {
    for (const raw of raws.splice(0)) raw.close()
    await rig.stop()
  }
})

async function rawPhone(name: string): Promise<RawPhone> {
  const phone = await RawPhone.udp(name, rig.sipPort)
  raws.push(phone)
  return phone
}

describe('at the same moment', () => {
  it.each([0, 1, 2, 3, 4])('the caller cancels and the callee answers, %i turns of the loop apart: one end, one record (RFC 3261 9.1)', async (turns) => {
    rig = await SwitchRig.start()
    const [alice, carol] = [await rig.phone('alice-desk'), await rig.phone('carol-desk')]
    const call = alice.call('2003', (await rig.ear()).description())
    const ringing = await carol.nextCall()
    ringing.invite.progress(180)
    await call.saw('progress')
    ringing.invite.answer({ body: (await rig.ear()).description() })
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
    call.cancel()
    await Promise.race([call.saw('rejected'), call.saw('answered').then(() => call.leg.bye())])
    await ringing.saw('bye')
    await rig.closed(1)
    expect(['CANCELLED', 'ANSWERED']).toContain(rig.records[0]?.disposition)
  })

  it('both hang up: the crossed BYEs are both answered, one record (RFC 3261 15.1.2)', async () => {
    rig = await SwitchRig.start()
    const call = await talk(rig, await rig.phone('alice-desk'), '2003', await rig.phone('carol-desk'))
    call.caller.leg.bye()
    call.callee.leg.bye()
    await rig.closed(1)
  })

  it('a transferor hangs up and the target answers: the two others talk', async () => {
    rig = await SwitchRig.start()
    const [alice, bob, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    const call = await talk(rig, alice, '2002', bob)
    call.caller.onReinvite = ({ answer }) => answer(call.callerEar.description('sendrecv', 2))
    call.callee.leg.refer(`<sip:2003@${REALM}>`)
    const target = await carol.nextCall()
    target.invite.answer({ body: (await rig.ear()).description() })
    call.callee.leg.bye()
    await call.caller.saw('reinvite')
    await target.saw('acknowledged')
    target.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(2)
  })
})

describe('messages that get lost', () => {
  it('a 200 is repeated until its ACK comes, and the call is one call (RFC 3261 13.3.1.4)', async () => {
    const sipTime = new ManualTime()
    rig = await SwitchRig.start({ sipTime })
    const carol = await rig.phone('carol-desk')
    const alice = await rawPhone('alice-desk')
    const { port } = await rig.ear()
    const body = `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\n`
    const uri = `sip:2003@${REALM}`
    const answering = carol.nextCall().then(async (call) => {
      call.invite.answer({ body: (await rig.ear()).description() })
      return call
    })
    const invite = { method: 'INVITE', uri, callId: 'lost', lines: [`Contact: <sip:alice-desk@127.0.0.1:${alice.port}>`], body } as const
    const first = await alice.request(invite)
    const callee = await answering
    expect(first.statusCode).toBe(200)
    // Never acknowledged: the switch repeats, gives up after 64*T1, and hangs both up.
    for (let elapsed = 0; elapsed < 33_000; elapsed += 500) {
      sipTime.advance(500)
      await new Promise(setImmediate)
    }
    await callee.saw('bye')
    const bye = await alice.nextRequest()
    expect(bye.method).toBe('BYE')
    alice.respond(bye, '200 OK')
    await rig.closed(1)
    expect(rig.records).toMatchObject([{ disposition: 'ANSWERED', hangupBy: 'system' }])
    expect(alice.count(200, 'INVITE')).toBeGreaterThan(5)
  })

  it('a phone that answers when the call is over gets ACK and BYE (RFC 3261 9.1)', async () => {
    rig = await SwitchRig.start()
    const alice = await rig.phone('alice-desk')
    const carol = await rawPhone('carol-desk')
    const registered = await carol.request({ method: 'REGISTER', lines: [`Contact: <sip:carol-desk@127.0.0.1:${carol.port}>`, 'Expires: 300'] })
    expect(registered.statusCode).toBe(200)
    const call = alice.call('2003', (await rig.ear()).description())
    const invite = await carol.nextRequest()
    carol.respond(invite, '180 Ringing', ['Contact: <sip:carol-desk@127.0.0.1>'])
    await call.saw('progress')
    call.cancel()
    const cancel = await carol.nextRequest()
    expect(cancel.method).toBe('CANCEL')
    carol.respond(cancel, '200 OK')
    carol.respond(invite, '200 OK', [`Contact: <sip:carol-desk@127.0.0.1:${carol.port}>`])
    const [ack, bye] = [await carol.nextRequest(), await carol.nextRequest()]
    expect([ack.method, bye.method]).toEqual(['ACK', 'BYE'])
    carol.respond(bye, '200 OK')
    await rig.closed(1)
    expect(rig.records[0]?.disposition).toBe('CANCELLED')
  })
})

describe('a phone that died in a call (RFC 4028 10)', () => {
  it('is missed when the session is to be refreshed: the other one is hung up and told why, the record is closed', async () => {
    const sipTime = new ManualTime()
    rig = await SwitchRig.start({ sipTime })
    const [alice, carol] = [await rig.phone('alice-desk'), await rig.phone('carol-desk')]
    const call = await talk(rig, alice, '2003', carol)
    await carol.stack.stop()
    const ended = call.caller.saw('bye')
    let isEnded = false
    void ended.then(() => (isEnded = true))
    for (let elapsed = 0; elapsed < 2_000_000 && !isEnded; elapsed += 5_000) {
      sipTime.advance(5_000)
      await new Promise(setImmediate)
    }
    expect((await ended).request.header('reason')).toMatch(/cause=(408|102)/)
    await rig.closed(1)
    expect(rig.records).toMatchObject([{ disposition: 'ANSWERED', hangupBy: 'system' }])
    // The BYE to the dead one is given up too.
    sipTime.advance(40_000)
  })
})
