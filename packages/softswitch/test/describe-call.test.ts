import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DescribedCall, DescribedMessage } from '../src/index.ts'
import { SwitchRig } from './switch-rig.ts'
import { ALICE_NUMBER, ZOE_NUMBER } from './switch-tenants.ts'
import { expectNothingLeft, talk } from './talk.ts'

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

function described(sessionId: string | undefined): DescribedCall {
  const call = rig.switch.calls.describe(sessionId ?? '')
  if (call === undefined) throw new Error('the call is not kept')
  return call
}

const line = ({ leg, direction, method, statusCode }: DescribedMessage): string =>
  `${leg} ${direction} ${method}${statusCode === undefined ? '' : ` ${statusCode}`}`

describe('what is told of a call', () => {
  it('every message of every leg in order, the decisions as explained before, times and media of an answered call', async () => {
    const [alice, desk] = [await rig.phone('alice-desk'), await rig.phone('bob-desk')]
    const explained = rig.switch.calls.explain({
      accountId: 'account-1',
      call: { direction: 'originating', fromLineId: 'alice-desk', dialed: '2002' },
      atMs: 0,
    })
    const call = await talk(rig, alice, '2002', desk)
    const [live] = rig.switch.calls.callsOf('account-1')
    expect(described(live?.sessionId)).toMatchObject({ outcome: undefined, media: undefined, mediaMissing: 'measured when the call is over' })
    expect(rig.switch.calls.callsOf('account-2')).toEqual([])
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
    const told = described(live?.sessionId)
    expect(told.messages.map(line)).toEqual([
      'caller in INVITE',
      'b1 out INVITE',
      'b1 in INVITE 180',
      'caller out INVITE 180',
      'b1 in INVITE 200',
      'caller out INVITE 200',
      'caller in ACK',
      'caller in BYE',
      'b1 out BYE',
    ])
    expect(told.messages[0]?.media).toMatchObject([
      { kind: 'audio', protocol: 'RTP/AVP', direction: 'sendrecv', formats: expect.arrayContaining(['PCMU/8000']) },
    ])
    expect(told.decisions.map(({ steps, verdict, accountVersion }) => ({ steps, verdict, accountVersion }))).toEqual(
      explained.decisions.map(({ steps, verdict, accountVersion }) => ({ steps, verdict, accountVersion })),
    )
    expect(told).toMatchObject({
      accountIds: ['account-1'],
      dialed: '2002',
      from: { lineId: 'alice-desk' },
      outcome: { code: 'CallerHungUp', disposition: 'ANSWERED' },
      legs: [{ id: 'caller' }, { id: 'b1', kind: 'line', lineId: 'bob-desk', uri: expect.stringMatching(/^sip:bob-desk@/) }],
      isCut: false,
    })
    expect(told.media).toEqual(rig.records[0]?.mediaReport)
    expect(rig.switch.calls.recentOf('account-1')).toMatchObject([{ sessionId: live?.sessionId, outcome: 'ANSWERED' }])
  })

  it('no key of SRTP, no pressed key and no body is in it', async () => {
    const [alice, carol] = [await rig.phone('alice-desk'), await rig.phone('carol-desk')]
    const key = 'd0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj'
    const ear = await rig.ear()
    const offer = ear.description().replace('RTP/AVP', 'RTP/SAVP') + `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}\r\n`
    const caller = alice.call('2003', offer)
    const callee = await carol.nextCall()
    callee.invite.reject(486)
    await caller.saw('rejected')
    await rig.closed(1)
    const told = described(rig.records[0]?.sessionId)
    expect(told.messages[0]?.media).toMatchObject([{ protocol: 'RTP/SAVP' }])
    expect(JSON.stringify(told)).not.toMatch(/inline|crypto|d0Rm/)
    expect(JSON.stringify(rig.switch.traceOf(told.sessionId))).toContain(key)
  })

  it('a call refused by the routing is there with its reason, one between two accounts with the decisions of both', async () => {
    const alice = await rig.phone('alice-desk')
    const caller = alice.call('2999', (await rig.ear()).description())
    await caller.saw('rejected')
    await rig.closed(1)
    const refused = described(rig.records[0]?.sessionId)
    expect(refused.decisions.at(-1)?.verdict).toMatchObject({ kind: 'reject', code: 'UnknownExtension' })
    expect(refused).toMatchObject({ mediaMissing: 'no media was opened', outcome: { statusCode: 404 } })
    const other = alice.call(ZOE_NUMBER, (await rig.ear()).description())
    await other.saw('rejected')
    await rig.closed(3)
    const between = described(rig.records.at(-1)?.sessionId)
    expect(between.accountIds).toEqual(['account-1', 'account-2'])
    expect(between.decisions.map(({ accountId }) => accountId)).toEqual(['account-1', 'account-2', 'account-2'])
  })

  it('an INVITE with a wrong password is found at the account of the line, one of nobody nowhere', async () => {
    const alice = await rig.unregisteredPhone('alice-desk')
    const caller = alice.call('2002', (await rig.ear()).description(), { password: 'wrong' })
    await caller.saw('rejected')
    const [recent] = rig.switch.calls.recentOf('account-1')
    expect(recent).toMatchObject({ from: 'alice-desk', dialed: '2002', outcome: 'REJECTED', statusCode: 407 })
    expect(described(recent?.sessionId)).toMatchObject({
      decisions: [{ steps: [{ rule: 'edge', outcome: 'wrong password' }], verdict: { code: 'WrongPassword', statusCode: 407 } }],
      outcome: { code: 'WrongPassword', statusCode: 407, disposition: 'REJECTED' },
      messages: [{}, { statusCode: 407 }],
    })
  })
})

describe('a switch that has no room', () => {
  it('tells line and carrier so, and the account finds both with their reason', async () => {
    await rig.stop()
    rig = await SwitchRig.start({ limits: { maxCalls: 0 } })
    const alice = await rig.phone('alice-desk')
    const calls = [
      alice.call('2002', (await rig.ear()).description()),
      rig.pstn.callIn(ALICE_NUMBER, (await rig.ear()).description(), [['From', '<sip:+16075551212@127.0.0.1>']]),
    ]
    expect((await Promise.all(calls.map((call) => call.saw('rejected')))).map(({ statusCode }) => statusCode)).toEqual([503, 503])
    const recent = rig.switch.calls.recentOf('account-1')
    expect(recent.map(({ from, dialed, statusCode }) => `${from} ${dialed} ${statusCode}`).toSorted()).toEqual([
      'alice-desk 2002 503',
      `pstn +${ALICE_NUMBER} 503`,
    ])
    for (const { sessionId } of recent) {
      const told = described(sessionId)
      expect(told.decisions).toMatchObject([
        { steps: [{ rule: 'edge', outcome: 'Switching equipment congestion' }], verdict: { code: 'TooManyCalls', reasonPhrase: 'Service Unavailable' } },
      ])
      expect(told.outcome).toMatchObject({ code: 'TooManyCalls', disposition: 'REJECTED' })
      expect(told.messages.map(line)).toEqual(['caller in INVITE', 'caller out INVITE 503'])
    }
  })
})

describe('hanging up from outside', () => {
  it('ends a talk for both, and a call that rings for all; what is not there is said to be', async () => {
    const [alice, carol] = [await rig.phone('alice-desk'), await rig.phone('carol-desk')]
    const call = await talk(rig, alice, '2003', carol)
    const [live] = rig.switch.calls.callsOf('account-1')
    expect(rig.switch.calls.hangUp(live?.sessionId ?? '')).toBe('done')
    await Promise.all([call.caller.saw('bye'), call.callee.saw('bye')])
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ disposition: 'ANSWERED', hangupBy: 'system' })
    const ringing = alice.call('2003', (await rig.ear()).description())
    const rung = await carol.nextCall()
    rung.invite.progress(180)
    await ringing.saw('progress')
    expect(rig.switch.calls.hangUp(rig.switch.calls.callsOf('account-1')[0]?.sessionId ?? '')).toBe('done')
    expect((await ringing.saw('rejected')).statusCode).toBe(480)
    await rung.saw('cancelled')
    await rig.closed(2)
    expect(rig.switch.calls.hangUp(live?.sessionId ?? '')).toBe('NoSuchCall')
  })

  it('never ends a call for help (47 CFR 9.11)', async () => {
    const alice = await rig.phone('alice-desk')
    const call = await talk(rig, alice, '911', rig.psap)
    expect(rig.switch.calls.hangUp(rig.switch.calls.callsOf('account-1')[0]?.sessionId ?? '')).toBe('EmergencyCall')
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })
})
