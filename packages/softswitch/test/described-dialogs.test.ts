import { formatReplaces } from '@dialtone/sip'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DescribedCall, DescribedMessage } from '../src/index.ts'
import { MemoryDesk } from './memory-desk.ts'
import { SwitchRig } from './switch-rig.ts'
import { REALM } from './switch-tenants.ts'
import { expectIdle, follow, type Talk, talk } from './talk.ts'
import type { TestPhone } from './test-phone.ts'

let rig: SwitchRig
let alice: TestPhone
let bob: TestPhone

beforeEach(async () => {
  rig = await SwitchRig.start({ services: new MemoryDesk({ 'confirm-call-keys': 620 }) })
  ;[alice, bob] = [await rig.phone('alice-desk'), await rig.phone('bob-desk')]
})

afterEach(async () => {
  try {
    await expectIdle(rig)
  } finally {
    await rig.stop()
  }
})

function described(sessionId: string | undefined): DescribedCall {
  const call = rig.switch.calls.describe(sessionId ?? '')
  if (call === undefined) throw new Error('the call is not kept')
  const known = new Set(call.legs.map(({ id }) => id))
  expect(
    call.messages.filter(({ leg }) => !known.has(leg)),
    'every message is of a leg',
  ).toEqual([])
  return call
}

const line = ({ leg, direction, method, statusCode, reason }: DescribedMessage): string =>
  [leg, direction, method, statusCode, method === 'NOTIFY' ? reason : undefined].filter((part) => part !== undefined).join(' ')
const of = (told: DescribedCall, leg: string) => told.messages.filter((message) => message.leg === leg).map((message) => line(message).slice(leg.length + 1))

/** The dialog of the caller with us, as a Replaces names it (RFC 3891). */
async function replacing({ caller }: Talk): Promise<string> {
  const { response } = await caller.saw('answered')
  return formatReplaces({ callId: caller.leg.callId, localTag: caller.leg.id, remoteTag: response?.toTag ?? '' })
}

async function sings(phone: TestPhone) {
  const ear = await rig.ear()
  const call = await phone.nextCall()
  call.invite.progress(180)
  follow(call, ear, 1_400)
  call.invite.answer({ body: ear.description() })
  await call.saw('acknowledged')
  return call
}

describe('the dialogs of a call, as its trace tells them', () => {
  it('RFC 3515: what whoever transfers hears, and that he asked', async () => {
    const carol = await rig.phone('carol-desk')
    const call = await talk(rig, alice, '2002', bob)
    follow(call.caller, call.callerEar, 440)
    call.callee.leg.refer(`<sip:2003@${REALM}>`)
    const target = await sings(carol)
    await call.callee.sawWhere('referProgress', ({ ended }) => ended)
    rig.time.advance(3_000)
    await call.callee.saw('bye')
    target.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(2)
    const told = described(rig.records[0]?.sessionId)
    expect(of(told, 'b1').slice(3)).toEqual([
      'in REFER',
      'out REFER 202',
      'out NOTIFY SIP/2.0 100 Trying',
      'out NOTIFY SIP/2.0 180 Ringing',
      'out NOTIFY SIP/2.0 200 OK',
      'out BYE',
    ])
  })

  it('who is offered somebody else answers us, and is answered nothing', async () => {
    const carol = await rig.phone('carol-desk')
    const first = await talk(rig, alice, '2002', bob)
    const second = await talk(rig, bob, '2003', carol)
    follow(first.caller, first.callerEar, 440)
    follow(second.callee, second.calleeEar, 1_400)
    const replaces = await replacing(second)
    first.callee.leg.refer(`<sip:2003@${REALM}?Replaces=${encodeURIComponent(replaces)}>`)
    await first.callee.sawWhere('referProgress', ({ ended }) => ended)
    await second.caller.saw('bye')
    await Promise.all([first.callerEar.hears(1_400), second.calleeEar.hears(440)])
    first.callee.leg.bye()
    first.caller.leg.bye()
    await second.callee.saw('bye')
    await rig.closed(2)
    const told = described(rig.records.find(({ dialedNumber }) => dialedNumber === '2003')?.sessionId)
    expect(of(told, 'n1')).toEqual(['out INVITE', 'in INVITE 200', 'in BYE'])
    expect(of(told, 'b1').slice(3)).toEqual(['out INVITE', 'in INVITE 200', 'out BYE'])
  })

  it('RFC 4488: nothing was told to who did not want to hear; a REFER that is refused is there with why', async () => {
    const call = await talk(rig, alice, '2002', bob)
    call.callee.leg.refer(`<sip:911@${REALM}>`)
    await call.callee.saw('referRejected')
    call.callee.leg.refer(`<sip:2999@${REALM}>`, [['Refer-Sub', 'false']])
    await call.callee.saw('referAccepted')
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(2)
    const told = described(rig.records.find(({ dialedNumber }) => dialedNumber === '2002')?.sessionId)
    expect(of(told, 'b1').slice(3)).toEqual(['in REFER', 'out REFER 403', 'in REFER', 'out REFER 202', 'out BYE'])
  })

  it('a transfer by an operator: no phone asked, and none was told', async () => {
    const carol = await rig.phone('carol-desk')
    const call = await talk(rig, alice, '2002', bob)
    follow(call.caller, call.callerEar, 440)
    const sessionId = rig.switch.calls.callsOf('account-1')[0]?.sessionId ?? ''
    expect(rig.switch.calls.transfer({ sessionId, accountId: 'account-1', dialed: '2003' }).result).toBe('done')
    const target = await sings(carol)
    rig.time.advance(0)
    await call.callee.saw('bye')
    target.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(2)
    expect(described(sessionId).messages.filter(({ method }) => method === 'REFER' || method === 'NOTIFY')).toEqual([])
  })

  it('a call that is pulled: the new dialog is a leg, with its INVITE and its end; the call of the code says that it was answered', async () => {
    const call = await talk(rig, alice, '2002', bob)
    follow(call.caller, call.callerEar, 440)
    const cell = await rig.phone('bob-cell')
    const pulled = cell.call('*11', (await rig.ear()).description())
    await pulled.saw('answered')
    await call.callee.saw('bye')
    pulled.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(1)
    const told = described(rig.records[0]?.sessionId)
    expect(of(told, 'b1')).toEqual(['out INVITE', 'in INVITE 180', 'in INVITE 200', 'out BYE'])
    expect(told.legs.map(({ id, lineId, sipCallId }) => [id, lineId, sipCallId]).slice(2)).toEqual([['g2', 'bob-cell', pulled.leg.callId]])
    expect(of(told, 'g2')).toEqual(['in INVITE', 'out INVITE 200', 'in ACK', 'in BYE'])
    const code = rig.switch.calls
      .sessionsWith(pulled.leg.callId)
      .map(described)
      .find(({ dialed }) => dialed === '*11')
    expect(code?.messages.map(line)).toEqual(['caller in INVITE', 'caller out INVITE 200'])
  })

  it('the caller’s place is pulled: who left and who came have each their own', async () => {
    const call = await talk(rig, bob, '2001', alice)
    follow(call.callee, call.calleeEar, 1_000)
    const cell = await rig.phone('bob-cell')
    const pulled = cell.call('2001', (await rig.ear()).description(), { headers: [['Replaces', await replacing(call)]] })
    await pulled.saw('answered')
    await call.caller.saw('bye')
    pulled.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
    const told = described(rig.records[0]?.sessionId)
    expect(of(told, 'caller').slice(-2)).toEqual(['in ACK', 'out BYE'])
    expect(told.legs.at(-1)).toMatchObject({ id: 'n1', lineId: 'bob-cell', sipCallId: pulled.leg.callId })
    expect(of(told, 'n1')).toEqual(['in INVITE', 'out INVITE 200', 'in ACK', 'in BYE'])
  })

  it('who is asked whether the call may come has answered: he is hung up, or hangs up, and refused nothing', async () => {
    const outside = { toNumber: '16075550123', ringDelaySeconds: 0, ringDurationSeconds: undefined, continueOnBusy: true, confirms: true }
    const handling = { optionType: 'SimultaneousRing', simultaneousRing: { numbers: [outside], noAnswer: { type: 'Busy', timeoutSeconds: 10 } } } as const
    rig.furnish(({ users }) => {
      const user = users.get('bob')
      return user === undefined ? {} : { users: new Map([...users, ['bob', { ...user, callHandling: { ...user.callHandling, ...handling } }]]) }
    })
    const asked = async () => {
      const ear = await rig.ear()
      const far = await rig.pstn.nextCall()
      const question = ear.hears(620)
      far.invite.answer({ body: ear.descriptionWithEvents() })
      ear.sing(1_000, far.invite.offered ?? '')
      await question
      return far
    }
    const legs = async (end: (far: Awaited<ReturnType<typeof asked>>, caller: ReturnType<TestPhone['call']>) => Promise<unknown>) => {
      const before = rig.records.length
      const caller = alice.call('2002', (await rig.ear()).description())
      const ringing = await bob.nextCall()
      ringing.invite.progress(180)
      await end(await asked(), caller)
      ringing.invite.reject(486)
      await caller.saw('rejected')
      await rig.closed(before + 2)
      const told = described(rig.records.at(-1)?.sessionId)
      return of(told, told.legs.find(({ kind }) => kind === 'carrier')?.id ?? '')
    }
    expect(await legs(async (far) => Promise.resolve(far.leg.bye()))).toEqual(['out INVITE', 'in INVITE 200', 'in BYE'])
    const cancelled = await legs(async (far, caller) => {
      caller.cancel()
      await far.saw('bye')
    })
    expect(cancelled).toEqual(['out INVITE', 'in INVITE 200', 'out BYE'])
  })
})
