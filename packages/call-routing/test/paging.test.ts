import { describe, expect, it } from 'vitest'
import type { PageType, RouteDecision, RoutingPagingGroup, RoutingSnapshot } from '../src/index.ts'
import { NO_SERVICES } from '../src/index.ts'
import { account, attempt, bob, dial, line } from './account-fixture.ts'

const to = { referenceType: 'PAGING_GROUP', referenceId: 'all' }
const everybody: RoutingPagingGroup['members'] = [
  { kind: 'user', id: 'ann' },
  { kind: 'line', id: 'bob-desk' },
  { kind: 'line', id: 'ann-app' },
  { kind: 'line', id: 'lobby' },
]

function withPaging(type: PageType, changes: Partial<RoutingPagingGroup> = {}, isDisturbed = false): RoutingSnapshot {
  const group = { id: 'all', name: 'All', type, members: everybody, ...changes }
  const services = { ...NO_SERVICES, pagingGroups: new Map([['all', group]]), targetByExtension: new Map([['4900', to]]) }
  const users = isDisturbed ? [{ ...bob, callHandling: { ...bob.callHandling, doNotDisturbEnabled: true } }] : []
  return account({ users, changes: { services } })
}

const linesOf = (decision: RouteDecision): readonly string[] => (decision.kind === 'serve' && decision.service.kind === 'page' ? decision.service.lineIds : [])
const detailOf = (decision: RouteDecision, rule: string) => decision.steps.find((step) => step.rule === rule)?.detail

describe('a paging group (S0-49)', () => {
  it('reaches every phone of its people and its phones, each once, and not the one that calls', () => {
    const decision = dial(withPaging('STANDARD'), 'lobby', '4900')
    expect(decision).toMatchObject({
      kind: 'serve',
      target: 'page:all',
      calledNumber: '4900',
      service: { kind: 'page', pageType: 'STANDARD', pagingGroupId: 'all' },
    })
    expect(linesOf(decision)).toEqual(['ann-desk', 'ann-app', 'bob-desk'])
    expect(detailOf(decision, 'paging.passed-over')).toMatchObject({ lines: [{ lineId: 'lobby', why: 'it is the one that calls' }] })
  })

  it.each([
    ['STANDARD', ['ann-desk']],
    ['PRIORITY', ['ann-desk']],
    ['EMERGENCY', ['ann-desk', 'ann-app', 'bob-desk']],
  ] as const)('%s: phones in a call and of who does not want to be disturbed', (type, reached) => {
    const activeCallsOf = (id: string): number => (id === 'ann-app' ? 1 : 0)
    expect(linesOf(dial(withPaging(type, {}, true), 'lobby', '4900', [], { activeCallsOf }))).toEqual(reached)
  })

  it.each([
    ['STANDARD', []],
    ['PRIORITY', ['ann-desk']],
    ['EMERGENCY', ['ann-desk', 'ann-app']],
  ] as const)('%s takes phones from lower pages alone', (type, reached) => {
    const pages: Readonly<Record<string, PageType>> = { 'ann-desk': 'STANDARD', 'ann-app': 'PRIORITY', 'bob-desk': 'EMERGENCY' }
    const decision = dial(withPaging(type), 'lobby', '4900', [], { pageAt: (lineId) => pages[lineId] })
    expect(linesOf(decision)).toEqual(reached)
    if (reached.length === 0) expect(decision).toMatchObject({ kind: 'reject', code: 'UserBusy', statusCode: 486 })
  })

  it('is refused when no phone is there, when it is gone, without services, and when it was tried', () => {
    expect(dial(withPaging('EMERGENCY'), 'lobby', '4900', [], { isRegistered: () => false })).toMatchObject({ kind: 'reject', code: 'Unregistered' })
    expect(dial(withPaging('STANDARD', { members: [] }), 'lobby', '4900')).toMatchObject({ kind: 'reject', code: 'Unregistered' })
    const gone = account({ changes: { services: { ...NO_SERVICES, targetByExtension: new Map([['4900', to]]) } } })
    expect(dial(gone, 'lobby', '4900')).toMatchObject({ kind: 'reject', code: 'DestinationNotAvailable' })
    expect(dial(withPaging('STANDARD'), 'lobby', '4900', [], { canServe: false })).toMatchObject({ kind: 'reject', code: 'DestinationNotAvailable' })
    expect(dial(withPaging('STANDARD'), 'lobby', '4900', [attempt('page:all', 'failed', 500)]).kind).toBe('reject')
  })

  it('pages no more than a hundred phones, and says so', () => {
    const lines = Array.from({ length: 120 }, (_unused, index) => line(`phone-${index}`))
    const members = lines.map(({ id }) => ({ kind: 'line', id }) as const)
    const snapshot = withPaging('STANDARD', { members })
    const decision = dial({ ...snapshot, lines: new Map([...snapshot.lines, ...lines.map((each) => [each.id, each] as const)]) }, 'lobby', '4900')
    expect(linesOf(decision)).toHaveLength(100)
    expect(decision.steps.some(({ outcome }) => outcome === 'speaks to the first of them: there are too many')).toBe(true)
  })
})
