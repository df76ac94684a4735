import { describe, expect, it } from 'vitest'
import { decideRoute, NO_SERVICES } from '../src/index.ts'
import type { CallHandling, FindMeEndpoint, RouteAttempt, RouteDecision, RoutingSnapshot, RungNumber } from '../src/index.ts'
import { account, attempt, bob, BOB_NUMBER, defaultHandling, dial, line, OUTSIDE_NUMBER, ownerOf, PARTNER_NUMBER, rulesOf, user } from './account-fixture.ts'

const carl = user({ id: 'carl', extension: '4003', lineIds: ['carl-desk', 'carl-app'] })
const carlsLines = [line('carl-desk', 'carl'), line('carl-app', 'carl')]

function bobHandles(changes: Partial<CallHandling>, carlsChanges: Partial<CallHandling> = {}): RoutingSnapshot {
  const users = [
    { ...bob, voicemailBoxId: 'box', callHandling: { ...defaultHandling, ...changes } },
    { ...carl, callHandling: { ...defaultHandling, ...carlsChanges } },
  ]
  return account({ users, lines: carlsLines })
}

function rung(toNumber: string, changes: Partial<RungNumber> = {}): RungNumber {
  return { toNumber, ringDelaySeconds: 0, ringDurationSeconds: undefined, continueOnBusy: true, ...changes }
}

function together(numbers: readonly RungNumber[], noAnswer: CallHandling['noAnswer'] = { type: 'Busy', timeoutSeconds: 30 }): Partial<CallHandling> {
  return { optionType: 'SimultaneousRing', simultaneousRing: { numbers, noAnswer } }
}

describe('simultaneous ring', () => {
  it('rings the own phones, another user, another account and the world, each shown where the call comes from', () => {
    const snapshot = bobHandles(together([rung('4003'), rung(OUTSIDE_NUMBER), rung(PARTNER_NUMBER)]))
    const diversion = { userId: 'bob', number: '4002', reason: 'always' }
    expect(dial(snapshot, 'ann-desk', '4002')).toMatchObject({
      kind: 'ring',
      lineIds: ['bob-desk'],
      target: 'user:bob',
      timeoutMs: 30_000,
      alsoCall: [
        { verdict: { kind: 'ring', lineIds: ['carl-desk', 'carl-app'], userId: 'carl', calledNumber: '4003', diversion } },
        { verdict: { kind: 'carrier', number: OUTSIDE_NUMBER, carrierIds: ['first', 'second'], diversion } },
        { verdict: { kind: 'on-net', accountId: 'partner', number: PARTNER_NUMBER, diversion } },
      ],
    })
  })

  it('gives numbers with times of their own the time they need', () => {
    const timed = together([rung('4003', { ringDelaySeconds: 25, ringDurationSeconds: 20, continueOnBusy: false })])
    const also = { startsAfterMs: 25_000, ringsForMs: 20_000, endsRingingWhenBusy: true }
    expect(dial(bobHandles(timed), 'ann-desk', '4002')).toMatchObject({ timeoutMs: 45_000, alsoCall: [also] })
  })

  it('asks those to confirm of whom that is wanted', () => {
    const decision = dial(bobHandles(together([rung('4003', { confirms: true }), rung(OUTSIDE_NUMBER)])), 'ann-desk', '4002')
    expect(decision).toMatchObject({ alsoCall: [{ verdict: { userId: 'carl' }, confirms: true }, { verdict: { number: OUTSIDE_NUMBER } }] })
    expect(decision.kind === 'ring' ? decision.alsoCall?.[1] : undefined).not.toHaveProperty('confirms')
    expect(decision.steps).toContainEqual({
      rule: 'simultaneous-ring',
      outcome: 'called as well, and asked to confirm',
      detail: { userId: 'bob', toNumber: '4003' },
    })
  })

  it.each(['911', '933', '4002', BOB_NUMBER, '4999', 'nonsense', '411'])('leaves %j out, and says so', (toNumber) => {
    const decision = dial(bobHandles(together([rung(toNumber)])), 'ann-desk', '4002')
    expect(decision).toMatchObject({ kind: 'ring', lineIds: ['bob-desk'] })
    expect(decision).not.toHaveProperty('alsoCall')
    expect(decision.steps).toContainEqual({
      rule: 'simultaneous-ring',
      outcome: 'left out: nobody to be called there',
      detail: { userId: 'bob', toNumber },
    })
  })

  it('does not ring who wants no calls, and follows no settings found there', () => {
    const quiet = dial(bobHandles(together([rung('4003')]), { doNotDisturbEnabled: true }), 'ann-desk', '4002')
    expect(quiet).not.toHaveProperty('alsoCall')
    const away = dial(bobHandles(together([rung('4003')]), { optionType: 'ForwardAlways', forwardAlwaysToNumber: OUTSIDE_NUMBER }), 'ann-desk', '4002')
    expect(away).toMatchObject({ alsoCall: [{ verdict: { kind: 'ring', userId: 'carl' } }] })
  })

  it('rings the others alone when no own phone is in service', () => {
    const snapshot = bobHandles(together([rung('4003')]))
    const off = { ...snapshot, lines: new Map([...snapshot.lines, ['bob-desk', line('bob-desk', 'bob', { adminState: 'INACTIVE' })]]) }
    expect(dial(off, 'ann-desk', '4002')).toMatchObject({ kind: 'ring', lineIds: [], alsoCall: [{ verdict: { userId: 'carl' } }] })
  })

  it('has an end of its own when nobody answers; busy is handled as ever', () => {
    const snapshot = bobHandles(together([rung('4003')], { type: 'Forward', forwardToNumber: OUTSIDE_NUMBER, timeoutSeconds: 10 }))
    expect(dial(snapshot, 'ann-desk', '4002', [attempt('user:bob', 'no-answer', 480)])).toMatchObject({ kind: 'carrier', number: OUTSIDE_NUMBER })
    expect(dial(snapshot, 'ann-desk', '4002', [attempt('user:bob', 'busy', 486)])).toMatchObject({ statusCode: 486, code: 'UserBusy' })
  })
})

const own: FindMeEndpoint = { to: { kind: 'own-devices' }, timeoutSeconds: 10, continueOnBusy: false }
const toCarl: FindMeEndpoint = { to: { kind: 'user', userId: 'carl' }, timeoutSeconds: 15, continueOnBusy: false }
const toWorld: FindMeEndpoint = { to: { kind: 'number', toNumber: OUTSIDE_NUMBER }, timeoutSeconds: 25, continueOnBusy: false }

function search(endpoints: readonly FindMeEndpoint[], timeoutType: 'Voicemail' | 'Busy' | 'Forward' | 'RingForever' = 'Busy'): Partial<CallHandling> {
  return { optionType: 'FindMeFollowMe', findMe: { endpoints, timeoutType } }
}

function step(index: number, outcome: RouteAttempt['outcome'] = 'no-answer', statusCode = 480): RouteAttempt {
  return attempt(`user:bob/find-me/${index}`, outcome, statusCode)
}

describe('find me, follow me', () => {
  const snapshot = bobHandles(search([own, toCarl, toWorld]))
  const call = (trail: readonly RouteAttempt[], of = snapshot): RouteDecision => dial(of, 'ann-desk', '4002', trail)

  it('asks whoever answers to confirm, where that is wanted', () => {
    const asking = bobHandles(
      search([
        { ...own, confirms: true },
        { ...toWorld, confirms: true },
      ]),
    )
    expect(call([], asking)).toMatchObject({ lineIds: ['bob-desk'], confirms: true })
    const second = call([step(0)], asking)
    expect(second).toMatchObject({ lineIds: [], alsoCall: [{ verdict: { kind: 'carrier' }, confirms: true }] })
    expect(second.steps).toContainEqual(expect.objectContaining({ rule: 'find-me', outcome: 'rings, and who answers is asked to confirm' }))
  })

  it('rings one endpoint after the other, each for its own time', () => {
    expect(call([])).toMatchObject({ kind: 'ring', lineIds: ['bob-desk'], target: 'user:bob/find-me/0', timeoutMs: 10_000 })
    expect(call([step(0)])).toMatchObject({ kind: 'ring', lineIds: [], timeoutMs: 15_000, alsoCall: [{ verdict: { lineIds: ['carl-desk', 'carl-app'] } }] })
    expect(call([step(0), step(1)])).toMatchObject({
      target: 'user:bob/find-me/2',
      timeoutMs: 25_000,
      alsoCall: [{ verdict: { kind: 'carrier', number: OUTSIDE_NUMBER, diversion: { userId: 'bob' } } }],
    })
    expect(call([step(0), step(1), step(2)])).toMatchObject({ kind: 'reject', statusCode: 486, code: 'UserBusy' })
  })

  it('passes endpoints that cannot be called, and says so', () => {
    const decision = call([], bobHandles(search([{ ...toCarl, to: { kind: 'user', userId: 'gone' } }, own])))
    expect(decision).toMatchObject({ target: 'user:bob/find-me/1' })
    expect(rulesOf(decision)).toContain('find-me')
  })

  it('ends at a busy endpoint, unless that one says to go on', () => {
    expect(call([step(0, 'busy', 486)])).toMatchObject({ kind: 'reject', code: 'UserBusy' })
    expect(call([step(0, 'busy', 486)], bobHandles(search([{ ...own, continueOnBusy: true }, toCarl])))).toMatchObject({ target: 'user:bob/find-me/1' })
  })

  it('keeps the last one ringing when it is to ring for ever', () => {
    expect(call([step(0)], bobHandles(search([own, toCarl], 'RingForever')))).toMatchObject({ timeoutMs: 180_000 })
  })

  it('forwards in the end to where unanswered calls go', () => {
    const forwarding = { ...search([own], 'Forward'), noAnswer: { type: 'Forward', forwardToNumber: '4003', timeoutSeconds: 20 } as const }
    expect(call([step(0, 'unregistered')], bobHandles(forwarding))).toMatchObject({ kind: 'ring', userId: 'carl', diversion: { reason: 'no-answer' } })
  })
})

describe('without call waiting', () => {
  const isBusy = (userId: string) => userId === 'bob'
  const ask = (changes: Partial<CallHandling>) =>
    decideRoute(bobHandles(changes), { call: { direction: 'originating', fromLineId: 'ann-desk', dialed: '4002' }, nowMs: 0, ownerOf, trail: [], isBusy })

  it('a user in a call is busy, and handled as busy', () => {
    const decision = ask({ callWaitingEnabled: false, busy: { type: 'Forward', forwardToNumber: '4003' } })
    expect(decision).toMatchObject({ kind: 'ring', userId: 'carl', diversion: { reason: 'busy' } })
    expect(rulesOf(decision)).toContain('call-waiting')
    expect(ask({ callWaitingEnabled: false })).toMatchObject({ kind: 'reject', statusCode: 486 })
  })

  it('with it, or when nothing is said, the phones ring', () => {
    expect(ask({ callWaitingEnabled: true })).toMatchObject({ kind: 'ring' })
    expect(ask({})).toMatchObject({ kind: 'ring' })
  })

  it('a search passes the own phones when that endpoint says to go on', () => {
    expect(ask({ callWaitingEnabled: false, ...search([{ ...own, continueOnBusy: true }, toCarl]) })).toMatchObject({ target: 'user:bob/find-me/1' })
    expect(ask({ callWaitingEnabled: false, ...search([own, toCarl]) })).toMatchObject({ kind: 'reject', code: 'UserBusy' })
  })
})

describe('voicemail (S1-58)', () => {
  const withBox = { ...bobHandles({}), services: { ...NO_SERVICES, voicemailBoxes: new Map([['box', { id: 'box', name: 'Bob', language: 'en-US' }]]) } }

  it.each([
    ['no-answer', 480, 'no-answer'],
    ['busy', 486, 'busy'],
    ['declined', 603, 'busy'],
    ['unregistered', 480, 'unregistered'],
  ] as const)('takes the call after %s, with the greeting for it', (outcome, statusCode, reason) => {
    expect(dial(withBox, 'ann-desk', '4002', [attempt('user:bob', outcome, statusCode)])).toMatchObject({
      kind: 'serve',
      target: 'voicemail:box',
      userId: 'bob',
      service: { kind: 'voicemail-deposit', boxId: 'box', reason },
    })
  })

  it('does not take it twice, and takes none for a box that is not there', () => {
    const trail = [attempt('user:bob', 'no-answer', 480), attempt('voicemail:box', 'failed', 500)]
    expect(dial(withBox, 'ann-desk', '4002', trail)).toMatchObject({ kind: 'reject', code: 'NoAnswer' })
    expect(dial(bobHandles({}), 'ann-desk', '4002', trail.slice(0, 1))).toMatchObject({ kind: 'reject', code: 'NoAnswer' })
  })
})
