import { describe, expect, it } from 'vitest'
import { NO_SERVICES } from '../src/index.ts'
import type { CallerIdentity, RoutingSnapshot, RoutingTrunk } from '../src/index.ts'
import {
  account,
  ANN_NUMBER,
  attempt,
  BOB_NUMBER,
  dial,
  line,
  number,
  OUTSIDE_NUMBER,
  PARTNER_NUMBER,
  receive,
  rulesOf,
  SPARE_NUMBER,
} from './account-fixture.ts'

const DID = '18015550100'

function pbx(changes: Partial<RoutingTrunk> = {}, more: Partial<RoutingSnapshot> = {}): RoutingSnapshot {
  const trunk: RoutingTrunk = {
    concurrentCalls: 2,
    maxBurstCalls: 0,
    primaryNumber: undefined,
    localServicesEnabled: false,
    extensionPatterns: ['21XX'],
    chargeNumber: undefined,
    numberDigits: undefined,
    groupId: undefined,
    address: undefined,
    ...changes,
  }
  return account({
    lines: [line('pbx', undefined, { trunk, callerId: { number: undefined, name: 'Warehouse', visible: true } })],
    numbers: [number(DID, ['SIP_TRUNK', 'pbx'], { callerName: 'WAREHOUSE INC' })],
    changes: { services: { ...NO_SERVICES, trunkIdByPattern: new Map([['21XX', 'pbx']]) }, ...more },
  })
}

const shown = (digits: string, anonymous = false): { presented: CallerIdentity } => ({ presented: { number: digits, name: 'Whoever', anonymous } })
const busyWith = (calls: number) => ({ activeCallsOf: (id: string) => (id === 'pbx' ? calls : 0) })

describe('what a PBX shows when it calls out', () => {
  it.each([
    ['its own number', DID, DID],
    ['another number of the account', SPARE_NUMBER, SPARE_NUMBER],
    ['a number of another account', PARTNER_NUMBER, DID],
    ["a stranger's number", '12025550000', DID],
    ['nothing', '', DID],
  ])('S1-118 S1-87: %s', (_what, presented, expected) => {
    expect(dial(pbx(), 'pbx', OUTSIDE_NUMBER, [], shown(presented))).toMatchObject({ kind: 'carrier', caller: { number: expected, anonymous: false } })
  })

  it('a replaced number has the caller name of the number shown, never the one that was sent', () => {
    expect(dial(pbx(), 'pbx', OUTSIDE_NUMBER, [], shown('12025550000'))).toMatchObject({ caller: { name: 'WAREHOUSE INC' } })
  })

  it('S1-118: the primary number is shown only when no number rings the trunk, and only while it is of the account', () => {
    const primary = { primaryNumber: SPARE_NUMBER }
    expect(dial(pbx(primary), 'pbx', OUTSIDE_NUMBER, [], shown(''))).toMatchObject({ caller: { number: DID } })
    const unreferenced = { ...pbx(primary), numbers: new Map([...pbx().numbers].filter(([digits]) => digits !== DID)) }
    expect(dial(unreferenced, 'pbx', OUTSIDE_NUMBER, [], shown(''))).toMatchObject({ caller: { number: SPARE_NUMBER } })
    const gone = { ...pbx({ primaryNumber: PARTNER_NUMBER }), numbers: unreferenced.numbers }
    expect(dial(gone, 'pbx', OUTSIDE_NUMBER, [], shown(''))).toMatchObject({ caller: { number: ANN_NUMBER } })
  })

  it('privacy it asks for is kept, with the number known to the carrier', () => {
    expect(dial(pbx(), 'pbx', OUTSIDE_NUMBER, [], shown(DID, true))).toMatchObject({ caller: { number: DID, anonymous: true } })
  })

  it('a phone presents nothing, whatever its From says', () => {
    expect(dial(pbx(), 'ann-desk', OUTSIDE_NUMBER, [], shown(SPARE_NUMBER))).toMatchObject({ caller: { number: ANN_NUMBER } })
  })

  it('S1-121: an extension behind it shows as it is inside, and not outside', () => {
    expect(dial(pbx(), 'pbx', '4001', [], shown('2105'))).toMatchObject({ kind: 'ring', caller: { number: '2105', name: 'Whoever' } })
    expect(dial(pbx(), 'pbx', '4001', [], shown('4002'))).toMatchObject({ caller: { number: DID } })
    expect(dial(pbx(), 'pbx', OUTSIDE_NUMBER, [], shown('2105'))).toMatchObject({ caller: { number: DID } })
  })

  it('the charge number goes to the carrier as long as it is of the account', () => {
    expect(dial(pbx({ chargeNumber: SPARE_NUMBER }), 'pbx', OUTSIDE_NUMBER)).toMatchObject({ kind: 'carrier', chargeNumber: SPARE_NUMBER })
    expect(dial(pbx({ chargeNumber: PARTNER_NUMBER }), 'pbx', OUTSIDE_NUMBER)).not.toHaveProperty('chargeNumber')
  })
})

describe('what a PBX dials', () => {
  it('S1-118: seven digits are completed by its primary number', () => {
    const snapshot = { ...pbx({ primaryNumber: '16075550100' }), numbers: new Map([...pbx().numbers, ['16075550100', number('16075550100')]]) }
    expect(dial(snapshot, 'pbx', '5551212')).toMatchObject({ number: '16075551212' })
    expect(dial(pbx(), 'pbx', '5551212')).toMatchObject({ number: '18015551212' })
  })

  it.each([
    ['211', 403],
    ['811', 403],
    ['711', undefined],
    ['988', undefined],
    ['411', undefined],
  ])('S1-120: %s without local services', (dialed, statusCode) => {
    const decision = dial(pbx(), 'pbx', dialed)
    expect(decision.kind === 'reject' ? decision.statusCode : undefined).toBe(statusCode)
    expect(dial(pbx({ localServicesEnabled: true }), 'pbx', dialed)).toMatchObject({ kind: 'carrier', number: dialed })
  })

  it('S1-119: 911 calls back the callback number, else a number of the account the PBX sends, else one that rings it', () => {
    const called = (presented: string, snapshot = pbx()) => dial(snapshot, 'pbx', '911', [], { ...shown(presented), ...busyWith(99) })
    expect(called(SPARE_NUMBER)).toMatchObject({ kind: 'emergency', callbackNumber: SPARE_NUMBER })
    expect(called(PARTNER_NUMBER)).toMatchObject({ kind: 'emergency', callbackNumber: DID })
    const set = pbx()
    const trunk = set.lines.get('pbx')
    if (trunk === undefined) throw new Error('no trunk')
    const lines = new Map([...set.lines, ['pbx', { ...trunk, emergencyNumber: BOB_NUMBER }]])
    expect(called(SPARE_NUMBER, { ...set, lines })).toMatchObject({ callbackNumber: BOB_NUMBER })
  })
})

describe('calls to a PBX', () => {
  it.each([
    [undefined, `+${DID}`],
    [4, '0100'],
    [10, '8015550100'],
    [11, DID],
    [15, DID],
  ])('is sent %s digits of its number: %s', (numberDigits, digits) => {
    const decision = receive(pbx({ numberDigits }), DID)
    expect(decision).toMatchObject({ kind: 'ring', lineIds: ['pbx'], target: 'line:pbx', trunk: { digits, address: undefined } })
  })

  it('S1-121: its extensions lead to it, one that a user has to the user, and back to itself none', () => {
    expect(dial(pbx({ numberDigits: 10 }), 'ann-desk', '2199')).toMatchObject({ kind: 'ring', lineIds: ['pbx'], trunk: { digits: '2199' } })
    const taken = pbx({}, { userIdByExtension: new Map([['2105', 'bob']]) })
    expect(dial(taken, 'ann-desk', '2105')).toMatchObject({ kind: 'ring', userId: 'bob' })
    expect(dial(pbx(), 'pbx', '2105')).toMatchObject({ kind: 'reject', code: 'UnknownExtension' })
    expect(dial(pbx(), 'ann-desk', '2205')).toMatchObject({ kind: 'reject', code: 'UnknownExtension' })
  })

  it('the pattern with fewer Xs comes first', () => {
    const both = pbx({}, { services: { ...NO_SERVICES, trunkIdByPattern: new Map([['21XX', 'pbx'], ['210X', 'lobby']]) } }) // prettier-ignore
    expect(dial(both, 'ann-desk', '2101')).toMatchObject({ lineIds: ['lobby'] })
    expect(dial(both, 'ann-desk', '2111')).toMatchObject({ lineIds: ['pbx'] })
  })

  it('a PBX at an address is called there', () => {
    expect(receive(pbx({ address: { address: '192.0.2.7', port: 5080 } }), DID)).toMatchObject({ trunk: { address: { address: '192.0.2.7', port: 5080 } } })
  })

  it('what it answers with is the answer', () => {
    expect(receive(pbx(), DID, [attempt('line:pbx', 'busy', 486)])).toMatchObject({ kind: 'reject', code: 'UserBusy' })
  })
})

describe('S1-117: the call paths of a trunk', () => {
  it('are counted in both directions: 503 for the PBX, 486 for who calls it', () => {
    expect(dial(pbx(), 'pbx', OUTSIDE_NUMBER, [], busyWith(1))).toMatchObject({ kind: 'carrier' })
    const refused = dial(pbx(), 'pbx', OUTSIDE_NUMBER, [], busyWith(2))
    expect(refused).toMatchObject({ kind: 'reject', code: 'TrunkFull', statusCode: 503 })
    expect(rulesOf(refused)).toContain('trunk.capacity')
    expect(receive(pbx(), DID, [], busyWith(1))).toMatchObject({ kind: 'ring' })
    expect(receive(pbx(), DID, [], busyWith(2))).toMatchObject({ kind: 'reject', code: 'TrunkFull', statusCode: 486 })
  })

  it('bursts go beyond them', () => {
    expect(dial(pbx({ maxBurstCalls: 1 }), 'pbx', OUTSIDE_NUMBER, [], busyWith(2))).toMatchObject({ kind: 'carrier' })
    expect(dial(pbx({ maxBurstCalls: 1 }), 'pbx', OUTSIDE_NUMBER, [], busyWith(3))).toMatchObject({ code: 'TrunkFull' })
  })

  it('a call that has its path keeps it from one carrier to the next', () => {
    expect(dial(pbx(), 'pbx', OUTSIDE_NUMBER, [attempt('carrier:first', 'failed', 503)], busyWith(2))).toMatchObject({ carrierIds: ['second'] })
  })

  it('a locked trunk neither calls nor is called, but for help', () => {
    const locked = pbx()
    const trunk = locked.lines.get('pbx')
    if (trunk === undefined) throw new Error('no trunk')
    const lines = new Map([...locked.lines, ['pbx', { ...trunk, adminState: 'INACTIVE' as const }]])
    expect(dial({ ...locked, lines }, 'pbx', OUTSIDE_NUMBER)).toMatchObject({ code: 'LineInactive' })
    expect(receive({ ...locked, lines }, DID)).toMatchObject({ code: 'Unregistered' })
    expect(dial({ ...locked, lines }, 'pbx', '911')).toMatchObject({ kind: 'emergency' })
  })
})

describe('*67 and *82 before the number (47 CFR 64.1601(b))', () => {
  it.each(['*67', '*67 ', '*82'])('%s is for this one call', (code) => {
    const anonymous = code.startsWith('*67')
    expect(dial(account(), 'ann-desk', `${code}${OUTSIDE_NUMBER}`)).toMatchObject({
      kind: 'carrier',
      number: OUTSIDE_NUMBER,
      caller: { number: ANN_NUMBER, anonymous },
    })
    expect(dial(account(), 'ann-desk', `${code}4002`)).toMatchObject({ kind: 'ring', userId: 'bob', caller: { anonymous } })
    expect(dial(account(), 'ann-desk', `${code}${BOB_NUMBER}`)).toMatchObject({ kind: 'ring', caller: { anonymous } })
  })

  it('*82 shows who hides otherwise, and *67 hides a PBX', () => {
    const hidden = account({ changes: { users: new Map([...account().users].map(([id, user]) => [id, { ...user, externalCallerIdVisible: false }])) } })
    expect(dial(hidden, 'ann-desk', OUTSIDE_NUMBER)).toMatchObject({ caller: { anonymous: true } })
    expect(dial(hidden, 'ann-desk', `*82${OUTSIDE_NUMBER}`)).toMatchObject({ caller: { anonymous: false } })
    expect(dial(pbx(), 'pbx', `*67${OUTSIDE_NUMBER}`, [], shown(DID))).toMatchObject({ caller: { number: DID, anonymous: true } })
  })

  it('alone or twice it leads nowhere, and before 911 it hides nobody', () => {
    expect(dial(account(), 'ann-desk', '*67')).toMatchObject({ kind: 'reject' })
    expect(dial(account(), 'ann-desk', `*67*82${OUTSIDE_NUMBER}`)).toMatchObject({ kind: 'reject' })
    expect(dial(account(), 'ann-desk', '*67911')).toMatchObject({ kind: 'emergency', caller: { anonymous: false } })
  })
})
