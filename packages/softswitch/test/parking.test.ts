import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Subscriber } from './subscriber.ts'
import { SwitchRig } from './switch-rig.ts'
import { ALICE_NUMBER, REALM } from './switch-tenants.ts'
import { expectIdle, follow, hearEachOther, talk } from './talk.ts'
import type { Talk } from './talk.ts'
import type { TestPhone } from './test-phone.ts'
import { ToneDesk } from './tone-desk.ts'

const CALLER_HZ = 440
const CALLEE_HZ = 1_000
const FETCHER_HZ = 1_400
const MUSIC_HZ = 620
const PARKED_AT_HZ = 850
const TIMEOUT_SECONDS = 45

let rig: SwitchRig
let alice: TestPhone
let bob: TestPhone
let carol: TestPhone

beforeEach(async () => {
  rig = await SwitchRig.start({ services: new ToneDesk({ 'system-hold-music': MUSIC_HZ, 'parked-at': PARKED_AT_HZ }) })
  const spot = { id: 'spot-1', name: 'Spot 1', spotNumber: '701', timeoutSeconds: TIMEOUT_SECONDS, music: [] }
  const targetByExtension = new Map([['701', { referenceType: 'CALL_PARKING_SPOT', referenceId: 'spot-1' }]])
  rig.furnish(({ services }) => ({ services: { ...services, targetByExtension, parkingSpots: new Map([[spot.id, spot]]) } }))
  ;[alice, bob, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
})

afterEach(async () => {
  try {
    await expectIdle(rig)
    expect(rig.records.filter((record) => record.endedAtMs === undefined)).toEqual([])
  } finally {
    await rig.stop()
  }
})

async function singing(call: Talk): Promise<Talk> {
  follow(call.caller, call.callerEar, CALLER_HZ)
  follow(call.callee, call.calleeEar, CALLEE_HZ)
  await hearEachOther(call)
  return call
}

/** Bob sends whoever talks to him to the spot. */
async function parkedByBob(): Promise<Talk> {
  const call = await singing(await talk(rig, alice, '2002', bob))
  const music = call.callerEar.hears(MUSIC_HZ)
  call.callee.leg.refer(`<sip:701@${REALM}>`)
  await call.callee.sawWhere('referProgress', ({ statusCode, ended }) => statusCode === 200 && ended)
  await music
  call.callee.leg.bye()
  return call
}

async function fetches(phone: TestPhone) {
  const ear = await rig.ear()
  const call = phone.call('701', ear.description())
  follow(call, ear, FETCHER_HZ)
  const { body } = await call.saw('answered')
  ear.sing(FETCHER_HZ, body)
  return { call, ear }
}

const facts = () =>
  rig.records.map(({ disposition, dialedNumber, callingLineId, calledLineId, sipStatusCode }) => ({
    disposition,
    dialedNumber,
    callingLineId,
    calledLineId,
    sipStatusCode,
  }))

describe('a parking spot (S0-51, S0-59)', () => {
  it('REFER parks: music until another phone dials the spot, which then talks to who waited; a lamp shows it', async () => {
    const watcher = await Subscriber.open('carol-desk', rig.sipPort)
    const answer = await watcher.subscribe({ event: 'dialog', expiresSeconds: 600, target: '701' })
    expect(answer.statusCode).toBe(200)
    expect((await watcher.notify()).bodyText).not.toContain('<dialog ')
    const call = await parkedByBob()
    await vi.waitFor(() => expect(watcher.notifies.at(-1)?.bodyText).toContain('<state>confirmed</state>'))
    expect(watcher.notifies.at(-1)?.bodyText).toContain('sip:2001@')
    const { call: fetched, ear } = await fetches(carol)
    await Promise.all([call.callerEar.hears(FETCHER_HZ), ear.hears(CALLER_HZ)])
    await vi.waitFor(() => expect(watcher.notifies.at(-1)?.bodyText).toContain('<state>terminated</state>'))
    await watcher.subscribe({ event: 'dialog', expiresSeconds: 0, within: answer, target: '701' })
    watcher.close()
    fetched.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(2)
    expect(facts()).toEqual([
      { disposition: 'ANSWERED', dialedNumber: '2002', callingLineId: 'alice-desk', calledLineId: 'bob-desk', sipStatusCode: 200 },
      { disposition: 'ANSWERED', dialedNumber: '701', callingLineId: 'bob-desk', calledLineId: 'carol-desk', sipStatusCode: 200 },
    ])
  })

  it('of two who fetch it at once one has it, and the other hears that it is gone', async () => {
    const call = await parkedByBob()
    const [one, other] = [carol.call('701', (await rig.ear()).description()), bob.call('701', (await rig.ear()).description())]
    await vi.waitFor(() => expect([one, other].flatMap(({ events }) => events.filter(({ type }) => type === 'answered' || type === 'rejected')).length).toBe(2))
    const refused = [one, other].flatMap(({ events }) => events.flatMap((event) => (event.type === 'rejected' ? [event.statusCode] : [])))
    expect(refused).toEqual([480])
    call.caller.leg.bye()
    await vi.waitFor(() => expect([one, other].flatMap(({ events }) => events.filter(({ type }) => type === 'bye')).length).toBe(1))
    await rig.closed(3)
  })

  it('dialing a spot with another call on hold parks the other party, says where, and ends both calls of the phone', async () => {
    const call = await singing(await talk(rig, alice, '2002', bob))
    const ear = await rig.ear()
    const consult = bob.call('701', ear.description())
    const [said, music] = [ear.hears(PARKED_AT_HZ), call.callerEar.hears(MUSIC_HZ)]
    await consult.saw('answered')
    await Promise.all([said, music])
    rig.time.advance(0)
    await Promise.all([call.callee.saw('bye'), consult.saw('bye')])
    const { call: fetched, ear: bobs } = await fetches(bob)
    await Promise.all([call.callerEar.hears(FETCHER_HZ), bobs.hears(CALLER_HZ)])
    call.caller.leg.bye()
    await fetched.saw('bye')
    await rig.closed(3)
  })

  it('nobody fetches the call: it rings where it was parked from, and the two talk', async () => {
    const call = await parkedByBob()
    rig.time.advance(TIMEOUT_SECONDS * 1_000)
    const back = await bob.nextCall()
    expect(back.invite.request.from.displayName).toBe('Alice Adams')
    const ear = await rig.ear()
    follow(back, ear, CALLEE_HZ)
    back.invite.answer({ body: ear.description() })
    await back.saw('acknowledged')
    ear.sing(CALLEE_HZ, back.invite.request.bodyText)
    await Promise.all([ear.hears(CALLER_HZ), call.callerEar.hears(CALLEE_HZ)])
    back.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(2)
  })

  it('who parked it does not take it back: it can still be fetched while his phone rings, which then stops', async () => {
    const call = await parkedByBob()
    rig.time.advance(TIMEOUT_SECONDS * 1_000)
    const back = await bob.nextCall()
    back.invite.progress(180)
    const { call: fetched, ear } = await fetches(carol)
    const cancelled = await back.saw('cancelled')
    expect(cancelled.reason).toContain('Call completed elsewhere')
    await Promise.all([call.callerEar.hears(FETCHER_HZ), ear.hears(CALLER_HZ)])
    fetched.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(2)
  })

  it('a taken spot refuses the next one, and the transfer fails back to who talks', async () => {
    const parked = await parkedByBob()
    const call = await singing(await talk(rig, carol, '2002', bob))
    call.callee.leg.refer(`<sip:701@${REALM}>`)
    const told = await call.callee.sawWhere('referProgress', ({ ended }) => ended)
    expect(told.statusCode).toBe(486)
    await hearEachOther(call)
    call.caller.leg.bye()
    parked.caller.leg.bye()
    await rig.closed(4)
    expect(facts()).toContainEqual(expect.objectContaining({ dialedNumber: '701', disposition: 'BUSY' }))
  })

  it('who hangs up while parked frees the spot; a phone that dials an empty one is told so', async () => {
    const call = await parkedByBob()
    call.caller.leg.bye()
    await rig.closed(2)
    const ear = await rig.ear()
    const refused = await carol.call('701', ear.description()).saw('rejected')
    expect(refused.statusCode).toBe(480)
    await rig.closed(3)
    expect(rig.records.at(-1)).toMatchObject({ dialedNumber: '701', reasonCode: 'SpotEmpty' })
  })

  it('who gives up before the parked party has answered leaves it parked: the music goes on, and the next one fetches it', async () => {
    const call = await parkedByBob()
    const takes = call.caller.onReinvite
    let answerLate = (): void => undefined
    const asked = new Promise<void>((resolve) => {
      call.caller.onReinvite = (event) => {
        answerLate = () => takes?.(event)
        resolve()
      }
    })
    const ear = await rig.ear()
    const hasty = carol.call('701', ear.description())
    await asked
    hasty.cancel()
    await hasty.saw('rejected')
    call.caller.onReinvite = takes
    const music = call.callerEar.hears(MUSIC_HZ)
    answerLate()
    await music
    await rig.closed(2)
    expect(rig.records.at(-1)).toMatchObject({ dialedNumber: '701', callingLineId: 'carol-desk', disposition: 'CANCELLED' })
    const { call: fetched, ear: carols } = await fetches(carol)
    await Promise.all([call.callerEar.hears(FETCHER_HZ), carols.hears(CALLER_HZ)])
    fetched.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(3)
  })

  it('a call from outside is parked and fetched: its own record goes on until the end', async () => {
    const ear = await rig.ear()
    const call = rig.pstn.callIn(ALICE_NUMBER, ear.description(), [['From', '<sip:+16075551212@127.0.0.1>']])
    follow(call, ear, CALLER_HZ)
    const atAlice = await alice.nextCall()
    const aliceEar = await rig.ear()
    atAlice.invite.answer({ body: aliceEar.description() })
    const { body } = await call.saw('answered')
    ear.sing(CALLER_HZ, body)
    await atAlice.saw('acknowledged')
    const music = ear.hears(MUSIC_HZ)
    atAlice.leg.refer(`<sip:701@${REALM}>`)
    await music
    atAlice.leg.bye()
    rig.time.advance(10_000)
    const { call: fetched, ear: bobs } = await fetches(bob)
    await Promise.all([ear.hears(FETCHER_HZ), bobs.hears(CALLER_HZ)])
    rig.time.advance(5_000)
    call.leg.bye()
    await fetched.saw('bye')
    await rig.closed(2)
    const inbound = rig.records.find((record) => record.direction === 'INBOUND')
    expect(inbound).toMatchObject({ disposition: 'ANSWERED', callingNumber: '16075551212', calledNumber: ALICE_NUMBER })
    expect((inbound?.endedAtMs ?? 0) - (inbound?.answeredAtMs ?? 0)).toBe(15_000)
  })
})
