import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RawPhone } from './raw-phone.ts'
import { SwitchRig } from './switch-rig.ts'
import { ALICE_NUMBER, REALM } from './switch-tenants.ts'
import { expectNothingLeft } from './talk.ts'

let rig: SwitchRig
let alice: RawPhone

beforeEach(async () => {
  rig = await SwitchRig.start()
  alice = await RawPhone.udp('alice-desk', rig.sipPort)
})

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    alice.close()
    await rig.stop()
  }
})

/** Nobody in the tests has this number, or a name with this word. */
const FORGED = '19005550199'
const IDENTITY = `"Forger" <sip:+${FORGED}@bank.example>`

const SMUGGLED: readonly (readonly [string, readonly string[]])[] = [
  ['P-Asserted-Identity', [`P-Asserted-Identity: ${IDENTITY}`]],
  ['lower case', [`p-asserted-identity: ${IDENTITY}`]],
  ['space before the colon', [`P-Asserted-Identity : ${IDENTITY}`]],
  ['tab before the colon', [`P-Asserted-Identity\t: ${IDENTITY}`]],
  ['a folded line', ['P-Asserted-Identity:', ` ${IDENTITY}`]],
  ['hidden in a folded line of another', ['Subject: hello', ` P-Asserted-Identity: ${IDENTITY}`]],
  ['a bare line feed', [`Subject: hello\nP-Asserted-Identity: ${IDENTITY}`]],
  ['a bare carriage return', [`Subject: hello\rP-Asserted-Identity: ${IDENTITY}`]],
  ['a zero in the name', [`P-Asserted-Identity\0: ${IDENTITY}`]],
  ['a zero in the value', [`P-Asserted-Identity: \0${IDENTITY}`]],
  ['twice', [`P-Asserted-Identity: ${IDENTITY}`, `P-Asserted-Identity: <tel:+${FORGED}>`]],
  ['P-Preferred-Identity', [`P-Preferred-Identity: ${IDENTITY}`]],
  ['Remote-Party-ID', [`Remote-Party-ID: ${IDENTITY};party=calling;screen=yes`]],
  ['Diversion', [`Diversion: ${IDENTITY};reason=unconditional`]],
  ['History-Info', [`History-Info: ${IDENTITY};index=1`]],
  ['Referred-By', [`Referred-By: ${IDENTITY}`, `b: ${IDENTITY}`]],
  ['P-Called-Party-ID and others', [`P-Called-Party-ID: ${IDENTITY}`, `P-Charging-Vector: icid-value=${FORGED}`, `X-Dialtone-Callback: +${FORGED}`]],
  ['Call-Info, Alert-Info, Reply-To, Contact', [`Call-Info: <http://x/${FORGED}>`, `Alert-Info: <http://x/${FORGED}>`, `Reply-To: ${IDENTITY}`]],
  ['Reason and Privacy', [`Reason: SIP;cause=200;text="${FORGED}"`, 'Privacy: none']],
  ['From of somebody else', [`From: ${IDENTITY};tag=forged`]],
]

describe('what a phone says of itself and of others (RFC 3325 5: outside the trust domain)', () => {
  it.each(SMUGGLED)('%s reaches neither the other phone nor the record', async (_what, lines) => {
    const carol = await rig.phone('carol-desk')
    const answer = alice.request({
      method: 'INVITE',
      uri: `sip:2003@${REALM}`,
      lines: ['Contact: <sip:x@127.0.0.1:9>', ...lines],
      body: (await rig.ear()).description(),
    })
    const outcome = await Promise.race([carol.nextCall(), answer])
    if ('statusCode' in outcome) {
      // What no element of the way may read differently is refused altogether.
      expect([outcome.statusCode, rig.records]).toEqual([400, []])
      return
    }
    const { request } = outcome.invite
    expect(JSON.stringify(request.allHeaders())).not.toContain(FORGED)
    expect(JSON.stringify(request.allHeaders())).not.toContain('Forger')
    expect(request.from.uri.user).toBe('2001')
    outcome.invite.reject(486)
    expect((await answer).statusCode).toBe(486)
    await rig.closed(1)
    expect(JSON.stringify(rig.records)).not.toContain(FORGED)
  })

  it('nor the carrier: it gets the number of the user', async () => {
    const lines = ['Contact: <sip:x@127.0.0.1:9>', ...SMUGGLED.filter(([what]) => /^[A-Z]/.test(what)).flatMap(([, spelling]) => spelling)]
    const answer = alice.request({
      method: 'INVITE',
      uri: `sip:12125550142@${REALM}`,
      lines: lines.filter((line) => !line.startsWith('From')),
      body: (await rig.ear()).description(),
    })
    const { invite } = await rig.pstn.nextCall()
    expect(JSON.stringify(invite.request.allHeaders())).not.toContain(FORGED)
    expect(invite.request.headers('p-asserted-identity').join()).toContain(`sip:+${ALICE_NUMBER}@`)
    invite.reject(486)
    expect((await answer).statusCode).toBe(486)
    await rig.closed(1)
  })
})

describe('a phone that asks to be hidden (RFC 3323 4.2, 47 CFR 64.1601(b))', () => {
  it.each([
    ['Privacy: id', ['Privacy: id']],
    ['an anonymous From', ['From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=raw']],
  ])('by %s is shown to nobody; the carrier knows who it is, and must not tell', async (_what, lines) => {
    const bob = await rig.phone('bob-desk')
    const ask = async (dialed: string) =>
      alice.request({
        method: 'INVITE',
        uri: `sip:${dialed}@${REALM}`,
        callId: dialed,
        lines: ['Contact: <sip:x@127.0.0.1:9>', ...lines],
        body: (await rig.ear()).description(),
      })
    const inside = ask('2002')
    const ringing = await bob.nextCall()
    expect(ringing.invite.request.from.uri.host).toBe('anonymous.invalid')
    expect(JSON.stringify(ringing.invite.request.allHeaders())).not.toMatch(/2001|Alice/)
    ringing.invite.reject(486)
    const outside = ask('12125550142')
    const { invite } = await rig.pstn.nextCall()
    expect([invite.request.from.uri.host, invite.request.header('privacy')]).toEqual(['anonymous.invalid', 'id'])
    expect(invite.request.header('p-asserted-identity')).toContain(`sip:+${ALICE_NUMBER}@`)
    invite.reject(486)
    expect([(await inside).statusCode, (await outside).statusCode]).toEqual([486, 486])
    await rig.closed(2)
  })
})

describe('what a carrier says', () => {
  it('of who sent the call on is shown to the phone (RFC 5806)', async () => {
    const phone = await rig.phone('alice-desk')
    const headers = [['Diversion', '"Shop" <sip:+12125550143@pstn.example>;reason=no-answer;counter=3;secret=x']] as const
    const call = rig.pstn.callIn(ALICE_NUMBER, (await rig.ear()).description(), headers)
    const ringing = await phone.nextCall()
    expect(ringing.invite.request.headers('diversion')).toEqual([`<sip:+12125550143@${REALM}>;reason=no-answer`])
    ringing.invite.reject(486)
    await call.saw('rejected')
    await rig.closed(1)
  })

  it('of how often the call was sent on is counted on, and a circle through the telephone network ends (RFC 5806 4)', async () => {
    rig.furnish(({ users }) => {
      const user = users.get('alice')
      if (user === undefined) throw new Error('no alice')
      const callHandling = { ...user.callHandling, optionType: 'ForwardAlways', forwardAlwaysToNumber: '2125550142' } as const
      return { users: new Map([...users, ['alice', { ...user, callHandling }]]) }
    })
    const callIn = async (...diversions: string[]) =>
      rig.pstn.callIn(
        ALICE_NUMBER,
        (await rig.ear()).description(),
        diversions.map((diversion) => ['Diversion', diversion] as const),
      )
    const call = await callIn('<sip:+12125550142@pstn>;reason=unconditional;counter=3', '<sip:+12125550143@pstn>;reason=unconditional')
    const { invite } = await rig.pstn.nextCall()
    expect(invite.request.header('diversion')).toMatch(new RegExp(`^<sip:\\+${ALICE_NUMBER}@.*;counter=5$`))
    invite.reject(486)
    expect((await call.saw('rejected')).statusCode).toBe(486)
    expect((await (await callIn('<sip:+12125550142@pstn>;reason=unconditional;counter=20')).saw('rejected')).statusCode).toBe(483)
    await rig.closed(2)
  })

  it('of why a call ended is passed on (RFC 3326, RFC 6432)', async () => {
    const carol = await rig.phone('alice-desk')
    const call = rig.pstn.callIn(ALICE_NUMBER, (await rig.ear()).description(), [])
    const ringing = await carol.nextCall()
    ringing.invite.progress(180)
    await call.saw('progress')
    call.cancel([['Reason', 'SIP;cause=200;text="Call completed elsewhere"']])
    expect((await ringing.saw('cancelled')).reason).toBe('SIP;cause=200;text="Call completed elsewhere"')
    await call.saw('rejected')
    await rig.closed(1)
  })
})
