import { describe, expect, it } from 'vitest'
import { NO_SERVICES } from '../src/index.ts'
import type { RoutingLineHandling, RoutingPagingGroup, RoutingRingGroup, RoutingSnapshot } from '../src/index.ts'
import { account, ann, bob, dial, receive, ANN_NUMBER, BOB_NUMBER } from './account-fixture.ts'

const group: RoutingRingGroup = {
  ...{ id: 'g', name: 'Both', strategy: 'SIMULTANEOUS', ringTimeoutSeconds: 20, forwardAlwaysTo: undefined },
  members: [ann, bob].map(({ id }) => ({ kind: 'user', id })),
  overflow: { busy: undefined, noAnswer: undefined, unregistered: undefined },
}
const page: RoutingPagingGroup = { id: 'all', name: 'All', type: 'EMERGENCY', members: [ann, bob].map(({ id }) => ({ kind: 'user', id })) }
const busy = { referenceType: 'BUSY', referenceId: '' }
const lobby: RoutingLineHandling = {
  ...{ lineId: 'lobby', forwardAlwaysTo: undefined, callWaitingEnabled: true, ringTimeoutSeconds: 20 },
  ...{ onBusy: busy, onNoAnswer: busy, onUnregistered: busy },
}

function house(): RoutingSnapshot {
  const targets = { '4100': ['HUNT_GROUP', 'g'], '4900': ['PAGING_GROUP', 'all'], '4500': ['BUSINESS_LINE', 'lobby'] } as const
  const services = {
    ...NO_SERVICES,
    ringGroups: new Map([['g', group]]),
    pagingGroups: new Map([['all', page]]),
    lineHandling: new Map([['lobby', lobby]]),
    targetByExtension: new Map(Object.entries(targets).map(([extension, [referenceType, referenceId]]) => [extension, { referenceType, referenceId }])),
  }
  return account({ changes: { services } })
}

const calling = (...lineIds: string[]) => ({ isCallingForHelp: (lineId: string): boolean => lineIds.includes(lineId) })

describe('a phone that talks to 911 (C-58)', () => {
  it('is rung for nobody else: other phones of its user are, and without any he is busy', () => {
    expect(receive(house(), ANN_NUMBER, [], calling('ann-desk'))).toMatchObject({ kind: 'ring', lineIds: ['ann-app'] })
    expect(receive(house(), BOB_NUMBER, [], calling('bob-desk'))).toMatchObject({ kind: 'reject', code: 'UserBusy' })
    expect(dial(house(), 'ann-desk', '4500', [], calling('lobby'))).toMatchObject({ kind: 'reject', code: 'UserBusy' })
    expect(dial(house(), 'lobby', '4100', [], calling('bob-desk'))).toMatchObject({ kind: 'ring', lineIds: ['ann-desk', 'ann-app'] })
  })

  it('hears no page, not of any kind', () => {
    expect(dial(house(), 'lobby', '4900', [], calling('ann-app'))).toMatchObject({ service: { lineIds: ['ann-desk', 'bob-desk'] } })
    expect(dial(house(), 'lobby', '4900', [], calling('ann-app', 'ann-desk', 'bob-desk'))).toMatchObject({ kind: 'reject', code: 'UserBusy' })
  })

  it('is rung by who calls back from there', () => {
    const recentEmergency = (): readonly string[] => ['bob-desk']
    expect(receive(house(), BOB_NUMBER, [], { ...calling('bob-desk'), recentEmergency })).toMatchObject({
      kind: 'ring',
      lineIds: ['bob-desk'],
      isCallback: true,
    })
  })
})
