import { describe, expect, it } from 'vitest'
import type { RoutingSnapshot } from '../src/index.ts'
import { account, ANN_NUMBER, BOB_NUMBER, dial, line, OUTSIDE_NUMBER, PARTNER_NUMBER, rulesOf, user } from './account-fixture.ts'

describe('a line dials an extension', () => {
  it('rings every device of the user at the same time (S1-14, S1-16)', () => {
    expect(dial(account(), 'bob-desk', '4001')).toMatchObject({
      kind: 'ring',
      lineIds: ['ann-desk', 'ann-app'],
      userId: 'ann',
      target: 'user:ann',
      timeoutMs: 20_000,
      calledNumber: '4001',
    })
  })

  it('answers 404 for an extension nobody has', () => {
    expect(dial(account(), 'bob-desk', '4999')).toMatchObject({ kind: 'reject', statusCode: 404, code: 'UnknownExtension' })
  })

  it('never rings the phone that is calling: own extension rings the other devices', () => {
    expect(dial(account(), 'ann-desk', '4001')).toMatchObject({ kind: 'ring', lineIds: ['ann-app'] })
    expect(dial(account(), 'bob-desk', '4002')).toMatchObject({ kind: 'reject', statusCode: 486, code: 'UserBusy' })
  })

  it('leaves out lines that are inactive, and treats a user without any like one that is not registered (C-50)', () => {
    const oneOff = account({ lines: [line('ann-desk', 'ann', { adminState: 'INACTIVE' })] })
    expect(dial(oneOff, 'bob-desk', '4001')).toMatchObject({ kind: 'ring', lineIds: ['ann-app'] })
    const none = account({ users: [user({ id: 'carl', extension: '4003' })] })
    expect(dial(none, 'bob-desk', '4003')).toMatchObject({ kind: 'reject', statusCode: 480, code: 'Unregistered' })
  })

  it('rings once a line that is listed twice, and no line that does not exist', () => {
    const odd = account({ users: [user({ id: 'carl', extension: '4003', lineIds: ['lobby', 'gone', 'lobby'] })] })
    expect(dial(odd, 'bob-desk', '4003')).toMatchObject({ kind: 'ring', lineIds: ['lobby'] })
  })
})

describe('a line dials a number', () => {
  it('reaches a number of the own account inside, by all its spellings', () => {
    for (const dialed of [BOB_NUMBER, `+${BOB_NUMBER}`, '5550002', '801-555-0002']) {
      expect(dial(account(), 'ann-desk', dialed)).toMatchObject({ kind: 'ring', lineIds: ['bob-desk'], calledNumber: BOB_NUMBER })
    }
  })

  it('hands a number of another account in the partition over, on-net', () => {
    const decision = dial(account(), 'ann-desk', PARTNER_NUMBER)
    expect(decision).toMatchObject({ kind: 'on-net', partitionId: 'partition', accountId: 'partner', number: PARTNER_NUMBER })
    expect(decision).toMatchObject({ caller: { number: ANN_NUMBER, name: 'ADAMS ANN', anonymous: false } })
  })

  it('reaches another partition as it reaches the world: by carrier', () => {
    expect(dial(account(), 'ann-desk', '12125550000')).toMatchObject({ kind: 'carrier', number: '12125550000', category: 'OffNet' })
  })

  it('gives carriers by priority, without those that are down', () => {
    expect(dial(account(), 'ann-desk', OUTSIDE_NUMBER)).toMatchObject({ kind: 'carrier', carrierIds: ['first', 'second'], number: OUTSIDE_NUMBER })
  })

  it('does not send a number the snapshot has lost to a carrier', () => {
    const mine = { ownerOf: () => ({ partitionId: 'partition', accountId: 'account' }) }
    expect(dial(account(), 'ann-desk', '18015557777', [], mine)).toMatchObject({ kind: 'reject', code: 'UnknownNumber' })
  })

  it.each([
    ['411', 'DirectoryAssistance'],
    ['16075551212', 'DirectoryAssistance'],
    ['16075551213', 'OffNet'],
    ['+442079460000', 'OffNet'],
    ['0', 'Operator'],
    ['00', 'Operator'],
    ['711', 'TeleRelayService'],
    ['311', 'NonEmergencyServices'],
    ['211', 'PublicServices'],
    ['988', 'PublicServices'],
    ['611', 'Other'],
  ])('names the category of %s %s', (dialed, category) => {
    expect(dial(account(), 'ann-desk', dialed)).toMatchObject({ kind: 'carrier', category })
  })
})

describe('who may dial at all', () => {
  it.each(['988', '9988'])('carries a call to the lifeline by %s from an account that is suspended and a line out of service (47 CFR 52.201)', (dialed) => {
    const changes = { accountStatus: 'SUSPENDED', dialingBehavior: 'DIAL_NINE_TEN_DIGIT' } as const
    const before = account({ changes })
    const lines = new Map([...before.lines].map(([id, own]) => [id, { ...own, adminState: 'INACTIVE' as const }]))
    expect(dial({ ...before, lines }, 'ann-desk', dialed)).toMatchObject({ kind: 'carrier', number: '988', category: 'PublicServices' })
    expect(dial({ ...before, lines }, 'ann-desk', '711')).toMatchObject({ code: 'AccountBlocked' })
  })

  it.each(['DISABLED', 'SUSPENDED', 'PENDING', 'DELETE_PENDING', 'DELETED'] as const)('blocks an account that is %s, 403', (accountStatus) => {
    const blocked: RoutingSnapshot = account({ changes: { accountStatus } })
    expect(dial(blocked, 'ann-desk', '4002')).toMatchObject({ kind: 'reject', statusCode: 403, code: 'AccountBlocked' })
    expect(dial(blocked, 'ann-desk', OUTSIDE_NUMBER)).toMatchObject({ kind: 'reject', code: 'AccountBlocked' })
  })

  it('refuses an inactive line and one the account does not know (C-50)', () => {
    const inactive = account({ lines: [line('ann-desk', 'ann', { adminState: 'INACTIVE' })] })
    expect(dial(inactive, 'ann-desk', '4002')).toMatchObject({ kind: 'reject', statusCode: 403, code: 'LineInactive' })
    expect(dial(account(), 'nobody', '4002')).toMatchObject({ kind: 'reject', statusCode: 403, code: 'UnknownLine' })
  })

  it('holds to the dial plan: what is not allowed 404, what is not complete 484 (S1-35)', () => {
    const tenDigits = account({ changes: { dialingBehavior: 'OPEN_DIAL_PLAN_TEN_DIGIT' } })
    expect(dial(tenDigits, 'ann-desk', '5550002')).toMatchObject({ kind: 'reject', statusCode: 404, code: 'NotAllowedByDialPlan' })
    expect(dial(tenDigits, 'ann-desk', '8015550002')).toMatchObject({ kind: 'ring' })
    expect(dial(account(), 'ann-desk', '60755')).toMatchObject({ kind: 'reject', statusCode: 484, code: 'NotAllowedByDialPlan' })
    expect(dial(account(), 'ann-desk', '*17')).toMatchObject({ kind: 'reject', statusCode: 404, code: 'UnknownFeatureCode' })
  })

  it('explains itself rule by rule', () => {
    const decision = dial(account(), 'ann-desk', OUTSIDE_NUMBER)
    expect(rulesOf(decision)).toEqual(['account-status', 'line', 'dial-plan', 'number', 'carriers.skipped', 'carriers', 'caller-id'])
    expect(dial(account(), 'ann-desk', '4999').steps.at(-1)).toEqual({ rule: 'reject', outcome: 'UnknownExtension', detail: { statusCode: 404 } })
  })
})
