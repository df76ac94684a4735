import { formatReplaces } from '@dialtone/sip'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MemoryDesk } from './memory-desk.ts'
import { queueOfCarol } from './queue-of-carol.ts'
import { SwitchRig } from './switch-rig.ts'
import { REALM } from './switch-tenants.ts'
import { expectNothingLeft, follow, hearEachOther, talk } from './talk.ts'
import type { Talk } from './talk.ts'

const MENU = '2100'
const QUEUE = '2101'
const MENU_HZ = 620
const MUSIC_HZ = 850
const CALLER_HZ = 440
const AGENT_HZ = 1_400

let rig: SwitchRig

beforeEach(async () => {
  rig = await SwitchRig.start({ services: new MemoryDesk({ 'ivr-hello': MENU_HZ, 'system-hold-music': MUSIC_HZ }) })
  const failure = { id: 'f', timeoutSeconds: 30, attempts: 5, invalid: [] }
  const choices = { 1: 'key' }
  const chooses = {
    kind: 'menu',
    id: 'm',
    greeting: [],
    isGreetingInterruptible: true,
    prompt: [{ promptId: 'ivr-hello' }],
    repeatSeconds: 1,
    choices,
    failure,
  } as const
  const toCarol = { kind: 'go', id: 'carol', to: { referenceType: 'END_USER', referenceId: 'carol' } } as const
  const menu = { id: 'menu', name: 'Menu', entryId: 'm', steps: { m: chooses, carol: toCarol }, next: { key: 'carol' } }
  const targetByExtension = new Map([
    [MENU, { referenceType: 'IVR', referenceId: 'menu' }],
    [QUEUE, { referenceType: 'CALL_QUEUE', referenceId: 'queue' }],
  ])
  rig.furnish(({ services }) => ({
    services: { ...services, ...queueOfCarol({ offersCallback: false }), targetByExtension, menus: new Map([['menu', menu]]) },
  }))
})

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    await rig.stop()
  }
})

/** Alice calls bob, and both hear each other. */
async function aliceAndBob(): Promise<Talk> {
  const [alice, bob] = [await rig.phone('alice-desk'), await rig.phone('bob-desk')]
  const call = await talk(rig, alice, '2002', bob)
  follow(call.caller, call.callerEar, CALLER_HZ)
  follow(call.callee, call.calleeEar, 1_000)
  await hearEachOther(call)
  return call
}

const to = (dialed: string) => `<sip:${dialed}@${REALM}>`

describe('blind transfer to what the platform itself takes (RFC 3515, S0-49, S0-50)', () => {
  it('to a menu: the transferee hears it, chooses by key and talks to whom it leads', async () => {
    const carol = await rig.phone('carol-desk')
    const call = await aliceAndBob()
    const menu = call.callerEar.hears(MENU_HZ)
    call.callee.leg.refer(to(MENU))
    expect(await call.callee.sawWhere('referProgress', ({ ended }) => ended)).toMatchObject({ statusCode: 200 })
    await menu
    call.callee.leg.bye()
    call.caller.leg.info('application/dtmf-relay', 'Signal=1\r\nDuration=100\r\n')
    const ear = await rig.ear()
    const atCarol = await carol.nextCall()
    atCarol.invite.answer({ body: ear.description() })
    await atCarol.saw('acknowledged')
    ear.sing(AGENT_HZ, atCarol.invite.request.bodyText)
    await Promise.all([ear.hears(CALLER_HZ), call.callerEar.hears(AGENT_HZ)])
    rig.time.advance(7_000)
    call.caller.leg.bye()
    await atCarol.saw('bye')
    await rig.closed(2)
    const [first, second] = rig.records.toSorted((one, other) => one.startedAtMs - other.startedAtMs)
    expect([first, second]).toMatchObject([
      { dialedNumber: '2002', disposition: 'ANSWERED', callingLineId: 'alice-desk' },
      { dialedNumber: MENU, disposition: 'ANSWERED', callingLineId: 'bob-desk', calledLineId: 'carol-desk' },
    ])
  })

  it('to a queue whose only agent is busy: it waits with music until it hangs up, and the record is of an answered call', async () => {
    const call = await aliceAndBob()
    const music = call.callerEar.hears(MUSIC_HZ)
    call.callee.leg.refer(to(QUEUE))
    await call.callee.sawWhere('referProgress', ({ ended }) => ended)
    await music
    rig.time.advance(5_000)
    call.caller.leg.bye()
    await rig.closed(2)
    expect(rig.records.find(({ dialedNumber }) => dialedNumber === QUEUE)).toMatchObject({ disposition: 'ANSWERED', hangupBy: 'caller' })
  })

  it('when the transferor hangs up before the platform has answered, all the same', async () => {
    const call = await aliceAndBob()
    const menu = call.callerEar.hears(MENU_HZ)
    call.callee.leg.refer(to(MENU))
    call.callee.leg.bye()
    await menu
    call.caller.leg.bye()
    await rig.closed(2)
  })
})

describe('attended transfer to what the platform itself takes (RFC 5589 7, RFC 3891)', () => {
  it('a phone that listens to a menu puts the party it holds in its place, where the menu is', async () => {
    const carol = await rig.phone('carol-desk')
    const bob = await rig.phone('bob-cell')
    const call = await aliceAndBob()
    const bobEar = await rig.ear()
    const consultation = bob.call(MENU, bobEar.description())
    const { response, body } = await consultation.saw('answered')
    bobEar.sing(1_000, body)
    await bobEar.hears(MENU_HZ)
    const replaces = formatReplaces({ callId: consultation.leg.callId, localTag: consultation.leg.id, remoteTag: response.toTag ?? '' })
    call.callee.leg.refer(`<sip:${MENU}@${REALM}?Replaces=${encodeURIComponent(replaces)}>`)
    await consultation.saw('bye')
    call.callee.leg.bye()
    // The menu says it again when nobody has chosen for some time.
    let isHeard = false
    void call.callerEar.hears(MENU_HZ).then(() => (isHeard = true))
    while (!isHeard) {
      await new Promise((resolve) => setImmediate(resolve))
      rig.time.advance(1)
    }
    call.caller.leg.info('application/dtmf-relay', 'Signal=1\r\nDuration=100\r\n')
    const ear = await rig.ear()
    const atCarol = await carol.nextCall()
    atCarol.invite.answer({ body: ear.description() })
    await atCarol.saw('acknowledged')
    ear.sing(AGENT_HZ, atCarol.invite.request.bodyText)
    await Promise.all([ear.hears(CALLER_HZ), call.callerEar.hears(AGENT_HZ)])
    call.caller.leg.bye()
    await atCarol.saw('bye')
    await rig.closed(2)
  })
})
