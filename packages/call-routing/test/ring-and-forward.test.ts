import { describe, expect, it } from 'vitest'
import type { CallHandling, RoutingSnapshot } from '../src/index.ts'
import {
  account,
  ann,
  attempt,
  bob,
  BOB_NUMBER,
  defaultHandling,
  dial,
  line,
  OUTSIDE_NUMBER,
  PARTNER_NUMBER,
  receive,
  rulesOf,
  user,
} from './account-fixture.ts'

/** Bob's call handling changed, and Carl at 4003 to forward to. */
function bobHandles(changes: Partial<CallHandling>): RoutingSnapshot {
  const carl = user({ id: 'carl', extension: '4003', lineIds: ['carl-desk'] })
  return account({ users: [{ ...bob, callHandling: { ...defaultHandling, ...changes } }, carl], lines: [line('carl-desk', 'carl')] })
}

const toCarl = { type: 'Forward', forwardToNumber: '4003' } as const

describe('what the caller hears when a user does not answer (S1-58)', () => {
  it.each([
    ['busy', 486, 486, 'UserBusy'],
    ['no-answer', 408, 480, 'NoAnswer'],
    ['unregistered', 480, 480, 'Unregistered'],
    ['declined', 603, 603, 'Declined'],
    ['failed', 500, 480, 'DestinationFailed'],
    ['failed', 488, 488, 'DestinationFailed'],
    ['failed', 415, 415, 'DestinationFailed'],
  ] as const)('%s (%i) is %i %s while voicemail is not answered, and the steps say so', (outcome, statusCode, answer, code) => {
    const decision = dial(account(), 'ann-desk', '4002', [attempt('user:bob', outcome, statusCode)])
    expect(decision).toMatchObject({ kind: 'reject', statusCode: answer, code })
    expect(rulesOf(decision)).toContain('voicemail')
  })

  it('is busy when busy is what the user wants', () => {
    const busy = bobHandles({ noAnswer: { type: 'Busy', timeoutSeconds: 10 } })
    expect(dial(busy, 'ann-desk', '4002', [attempt('user:bob', 'no-answer', 408)])).toMatchObject({ statusCode: 486, code: 'UserBusy' })
  })

  it('does not ring the same user a second time', () => {
    for (const outcome of ['busy', 'no-answer', 'unregistered', 'declined', 'failed'] as const) {
      expect(dial(account(), 'ann-desk', '4002', [attempt('user:bob', outcome, 480)]).kind).toBe('reject')
    }
  })

  it.each([
    [20, 'Voicemail', 20_000],
    [undefined, 'Voicemail', 20_000],
    [0, 'Voicemail', 20_000],
    [36, 'Busy', 36_000],
    [999, 'Busy', 180_000],
    [undefined, 'RingForever', 180_000],
  ] as const)('rings for %s s with %s: %i ms', (timeoutSeconds, type, timeoutMs) => {
    expect(dial(bobHandles({ noAnswer: { type, timeoutSeconds } }), 'ann-desk', '4002')).toMatchObject({ kind: 'ring', timeoutMs })
  })
})

describe('forwarding', () => {
  it.each([
    ['busy', { busy: toCarl }, 'busy'],
    ['declined', { busy: toCarl }, 'busy'],
    ['no-answer', { noAnswer: { ...toCarl, timeoutSeconds: 12 } }, 'no-answer'],
    ['unregistered', { unregistered: toCarl }, 'unregistered'],
    ['failed', { unregistered: toCarl }, 'unregistered'],
  ] as const)('follows the rule for %s', (outcome, handling, reason) => {
    const decision = dial(bobHandles(handling), 'ann-desk', '4002', [attempt('user:bob', outcome, 480)])
    expect(decision).toMatchObject({ kind: 'ring', userId: 'carl', calledNumber: '4003', diversion: { userId: 'bob', number: '4002', reason } })
  })

  it('uses the unregistered rule for a user whose lines are all out of service', () => {
    const snapshot = bobHandles({ unregistered: toCarl })
    const off = { ...snapshot, lines: new Map([...snapshot.lines, ['bob-desk', line('bob-desk', 'bob', { adminState: 'INACTIVE' })]]) }
    expect(dial(off, 'ann-desk', '4002')).toMatchObject({ kind: 'ring', userId: 'carl', diversion: { reason: 'unregistered' } })
  })

  it('sends everything on with ForwardAlways, without ringing, and before do not disturb', () => {
    const always = { optionType: 'ForwardAlways', forwardAlwaysToNumber: '4003', doNotDisturbEnabled: true } as const
    expect(dial(bobHandles(always), 'ann-desk', '4002')).toMatchObject({ kind: 'ring', userId: 'carl', diversion: { reason: 'always' } })
  })

  it('handles do not disturb like busy', () => {
    expect(dial(bobHandles({ doNotDisturbEnabled: true }), 'ann-desk', '4002')).toMatchObject({ statusCode: 486, code: 'UserBusy' })
    const forward = dial(bobHandles({ doNotDisturbEnabled: true, busy: toCarl }), 'ann-desk', '4002')
    expect(forward).toMatchObject({ kind: 'ring', userId: 'carl', diversion: { reason: 'do-not-disturb' } })
  })

  it.each([
    [OUTSIDE_NUMBER, { kind: 'carrier', number: OUTSIDE_NUMBER }],
    ['+1 (607) 555-1212', { kind: 'carrier', number: OUTSIDE_NUMBER }],
    ['011442079460000', { kind: 'carrier', number: '442079460000' }],
    [PARTNER_NUMBER, { kind: 'on-net', accountId: 'partner' }],
    ['8015550001', { kind: 'ring', userId: 'ann' }],
  ])('reaches %s as a person writes it, whatever the dialing behaviour', (forwardAlwaysToNumber, expected) => {
    const always = { ...bobHandles({ optionType: 'ForwardAlways', forwardAlwaysToNumber }), dialingBehavior: 'DIAL_NINE_TEN_DIGIT' } as const
    expect(receive(always, BOB_NUMBER)).toMatchObject({ ...expected, diversion: { userId: 'bob', number: BOB_NUMBER, reason: 'always' } })
  })

  it.each(['911', '933', '411', '0', '*72', '4999', 'nonsense', ''])(
    'goes on as if not set when it points at %j: no call for help is ever forwarded',
    (target) => {
      expect(dial(bobHandles({ optionType: 'ForwardAlways', forwardAlwaysToNumber: target }), 'ann-desk', '4002')).toMatchObject({
        kind: 'ring',
        userId: 'bob',
      })
      const busy = bobHandles({ busy: { type: 'Forward', forwardToNumber: target } })
      expect(dial(busy, 'ann-desk', '4002', [attempt('user:bob', 'busy', 486)])).toMatchObject({ statusCode: 486, code: 'UserBusy' })
      const off = bobHandles({ unregistered: { type: 'Forward', forwardToNumber: target } })
      expect(dial(off, 'ann-desk', '4002', [attempt('user:bob', 'unregistered', 480)])).toMatchObject({ statusCode: 480, code: 'Unregistered' })
    },
  )

  it('follows a chain: busy here, no answer there', () => {
    const carl = user({
      id: 'carl',
      extension: '4003',
      lineIds: ['carl-desk'],
      callHandling: { ...defaultHandling, noAnswer: { type: 'Forward', forwardToNumber: OUTSIDE_NUMBER, timeoutSeconds: 5 } },
    })
    const chain = { ...bobHandles({ busy: toCarl }) }
    const snapshot = { ...chain, users: new Map([...chain.users, ['carl', carl]]) }
    const trail = [attempt('user:bob', 'busy', 486), attempt('user:carl', 'no-answer', 408)]
    expect(dial(snapshot, 'ann-desk', '4002', trail)).toMatchObject({
      kind: 'carrier',
      number: OUTSIDE_NUMBER,
      diversion: { userId: 'carl', reason: 'no-answer' },
    })
  })
})

describe('forwarding in circles', () => {
  const ring = { ...ann, callHandling: { ...defaultHandling, optionType: 'ForwardAlways', forwardAlwaysToNumber: '4002' } as const }
  const circle = account({ users: [ring, { ...bob, callHandling: { ...defaultHandling, optionType: 'ForwardAlways', forwardAlwaysToNumber: '4001' } }] })

  it('ends at once, 483', () => {
    const decision = dial(circle, 'lobby', '4001')
    expect(decision).toMatchObject({ kind: 'reject', statusCode: 483, code: 'HopLimit' })
    expect(rulesOf(decision)).toContain('forwarding-loop')
  })

  it('ends with what the last phone said when one was rung', () => {
    const back = account({ users: [ring, { ...bob, callHandling: { ...defaultHandling, busy: { type: 'Forward', forwardToNumber: '4001' } } }] })
    expect(dial(back, 'lobby', '4001', [attempt('user:bob', 'busy', 486)])).toMatchObject({ statusCode: 486, code: 'UserBusy' })
  })

  it('counts attempts and forwardings against the hop limit', () => {
    const trail = Array.from({ length: 20 }, (_, index) => attempt(`user:${index}`, 'busy', 486))
    expect(dial(account(), 'ann-desk', '4002', trail)).toMatchObject({ statusCode: 483, code: 'HopLimit' })
    expect(dial(account(), 'ann-desk', '4002', trail.slice(1))).toMatchObject({ kind: 'ring' })
    expect(dial(bobHandles({ optionType: 'ForwardAlways', forwardAlwaysToNumber: '4003' }), 'ann-desk', '4002', [], { hopLimit: 1 })).toMatchObject({
      code: 'HopLimit',
    })
    expect(receive(account(), BOB_NUMBER, [], { hopLimit: 0 })).toMatchObject({ code: 'HopLimit' })
  })
})
