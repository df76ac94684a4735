import { describe, expect, it } from 'vitest'
import { decideRoute, NO_SERVICES } from '../src/index.ts'
import type { CallerIdentity, CallScreen, CallScreening, RouteAttempt, RouteDecision, RoutingSnapshot } from '../src/index.ts'
import { account, ANN_NUMBER, attempt, bob, BOB_NUMBER, dial, line, OUTSIDE_NUMBER, ownerOf, rulesOf, user } from './account-fixture.ts'

const allow: CallScreen = { action: 'Allow', ringType: undefined }
const doing = (action: CallScreen['action'], ringType?: CallScreen['ringType']): CallScreen => ({ action, ringType })

function screens(changes: Partial<CallScreening>): CallScreening {
  return { custom: new Map(), anonymous: allow, tollFree: allow, others: allow, forwardTo: undefined, ...changes }
}

function bobScreens(screening: Partial<CallScreening> | undefined, changes: Partial<RoutingSnapshot> = {}): RoutingSnapshot {
  const carl = user({ id: 'carl', extension: '4003', lineIds: ['carl-desk'] })
  const own = screening === undefined ? undefined : screens(screening)
  return account({ users: [{ ...bob, voicemailBoxId: 'box', screening: own }, carl], lines: [line('carl-desk', 'carl')], changes })
}

const shown = (number: string): CallerIdentity => ({ number, name: '', anonymous: false })
const hidden: CallerIdentity = { number: OUTSIDE_NUMBER, name: '', anonymous: true }

function from(caller: CallerIdentity, snapshot: RoutingSnapshot, trail: readonly RouteAttempt[] = []): RouteDecision {
  return decideRoute(snapshot, { call: { direction: 'terminating', calledNumber: BOB_NUMBER, caller }, nowMs: 0, ownerOf, trail })
}

describe('which screen holds (S1-59)', () => {
  const order = bobScreens({
    custom: new Map([[OUTSIDE_NUMBER, doing('VipRing', 'Ring1')]]),
    anonymous: doing('VipRing', 'Ring2'),
    tollFree: doing('VipRing', 'Ring3'),
    others: doing('VipRing', 'Ring4'),
  })

  it.each([
    ['a caller of the list', shown(OUTSIDE_NUMBER), 'Ring1'],
    ['a caller of the list who hides, and is known all the same', hidden, 'Ring1'],
    ['somebody who hides', { ...hidden, number: '16075550000' }, 'Ring2'],
    ['somebody without a number', shown(''), 'Ring2'],
    ['a toll-free number', shown('18005551234'), 'Ring3'],
    ['everybody else', shown('16075550000'), 'Ring4'],
  ])('for %s', (_who, caller, ringType) => {
    expect(from(caller, order)).toMatchObject({ kind: 'ring', ringType })
  })

  it('knows a colleague by extension or by the number shown outside', () => {
    const snapshot = bobScreens({ custom: new Map([[ANN_NUMBER, doing('Block')]]) })
    expect(dial(snapshot, 'ann-desk', '4002')).toMatchObject({ kind: 'reject', code: 'CallerBlocked' })
    expect(dial(snapshot, 'carl-desk', '4002')).toMatchObject({ kind: 'ring' })
  })

  it('that of the account comes first; what it lets in the user may refuse', () => {
    const strict = { screening: screens({ others: doing('Block') }) }
    expect(from(shown('16075550000'), bobScreens(undefined, strict))).toMatchObject({ kind: 'reject', code: 'CallerBlocked' })
    expect(from(hidden, bobScreens({ anonymous: doing('Block') }, strict))).toMatchObject({ statusCode: 433 })
    expect(from(shown('16075550000'), bobScreens({ others: doing('VipRing', 'Ring5') }, { screening: screens({}) }))).toMatchObject({ ringType: 'Ring5' })
  })

  it('is told in the explanation, and not at all where nobody screens', () => {
    expect(from(hidden, order).steps).toContainEqual({
      rule: 'call-screening',
      outcome: 'VipRing',
      detail: { of: 'user', userId: 'bob', class: 'custom', ringType: 'Ring1' },
    })
    expect(rulesOf(from(hidden, bobScreens(undefined)))).not.toContain('call-screening')
  })
})

describe('what a screen does', () => {
  it('Block is busy; for who hides it is 433 (RFC 5079)', () => {
    expect(from(shown(OUTSIDE_NUMBER), bobScreens({ others: doing('Block') }))).toMatchObject({ kind: 'reject', statusCode: 486, code: 'CallerBlocked' })
    expect(from(hidden, bobScreens({ anonymous: doing('Block') }))).toMatchObject({
      kind: 'reject',
      statusCode: 433,
      reasonPhrase: 'Anonymity Disallowed',
      code: 'AnonymousRejected',
    })
  })

  it.each([
    ['anonymous', hidden, 'anonymous-rejected', 433],
    ['others', shown(OUTSIDE_NUMBER), 'call-blocked', 486],
  ] as const)('BlockWithPrompt says why to %s before the same refusal', (which, caller, promptId, statusCode) => {
    const snapshot = bobScreens({ [which]: doing('BlockWithPrompt') })
    const said = from(caller, snapshot)
    expect(said).toMatchObject({ kind: 'serve', target: 'screening:bob', service: { kind: 'announcement', promptId, isAnswered: false } })
    expect(from(caller, snapshot, [attempt('screening:bob', 'left', 200)])).toMatchObject({ kind: 'reject', statusCode })
  })

  it('Forward sends on to the number of the settings, and lets in when there is none to follow', () => {
    expect(from(hidden, bobScreens({ anonymous: doing('Forward'), forwardTo: '4003' }))).toMatchObject({
      kind: 'ring',
      userId: 'carl',
      diversion: { userId: 'bob' },
    })
    expect(from(hidden, bobScreens({ anonymous: doing('Forward'), forwardTo: '911' }))).toMatchObject({ kind: 'ring', userId: 'bob' })
  })

  it('Voicemail goes to the box at once, and is a refusal without one', () => {
    const services = { ...NO_SERVICES, voicemailBoxes: new Map([['box', { id: 'box', name: 'Bob', language: 'en-US' }]]) }
    const snapshot = bobScreens({ others: doing('Voicemail') }, { services })
    expect(from(shown(OUTSIDE_NUMBER), snapshot)).toMatchObject({ kind: 'serve', target: 'voicemail:box', service: { reason: 'direct' } })
    expect(from(shown(OUTSIDE_NUMBER), bobScreens({ others: doing('Voicemail') }))).toMatchObject({ kind: 'reject', code: 'CallerBlocked' })
  })

  it('holds for a number that rings one of the phones, too', () => {
    const snapshot = bobScreens({ others: doing('Block') })
    const direct = {
      ...snapshot,
      numbers: new Map([...snapshot.numbers].map(([key, each]) => [key, { ...each, referenceType: 'LINE_APPEARANCE', referenceId: 'bob-desk' }])),
    }
    expect(from(shown(OUTSIDE_NUMBER), direct)).toMatchObject({ kind: 'reject', code: 'CallerBlocked' })
  })
})
