import { describe, expect, it } from 'vitest'
import type { AgentDuty, CallTarget, RoutingQueue, RoutingSnapshot } from '../src/index.ts'
import { isStaffed, NO_SERVICES } from '../src/index.ts'
import { account, dial, rulesOf } from './account-fixture.ts'

const FIRST = '4100'
const SECOND = '4101'

function queueOf(id: string, agents: Readonly<Record<string, AgentDuty>>, overflow?: CallTarget): RoutingQueue {
  const limits = { maxWaitSeconds: 600, maxCallers: 10, ringSeconds: 20, announcementIntervalSeconds: 30, offersCallback: false }
  return {
    id,
    name: id,
    ...limits,
    music: [],
    announcesPosition: false,
    overflow,
    agents: Object.entries(agents).map(([agentId, duty]) => ({ id: agentId, duty })),
  }
}

function withQueues(first: RoutingQueue, second: RoutingQueue = queueOf('second', {})): RoutingSnapshot {
  const targetByExtension = new Map([
    [FIRST, { referenceType: 'CALL_QUEUE', referenceId: first.id }],
    [SECOND, { referenceType: 'CALL_QUEUE', referenceId: second.id }],
  ])
  const queues = new Map([first, second].map((queue) => [queue.id, queue]))
  return account({ changes: { services: { ...NO_SERVICES, targetByExtension, queues } } })
}

const order = (duty: AgentDuty, ...queueIds: string[]) => ({ kind: 'serve', service: { kind: 'switch-agent', duty, queueIds } })

describe('agents of queues by star code (S0-50, GroupLoginLogout)', () => {
  it.each([
    ['*45', 'AVAILABLE'],
    ['*46', 'LOGGED_OUT'],
  ] as const)('%s alone is about all queues of the phone or its user, whatever they are now: %s', (code, duty) => {
    const queues = withQueues(queueOf('first', { ann: 'LOGGED_OUT' }), queueOf('second', { 'ann-desk': 'AVAILABLE', bob: 'AVAILABLE' }))
    expect(dial(queues, 'ann-desk', code)).toMatchObject(order(duty, 'first', 'second'))
  })

  it('the extension of a queue behind the code is about that one', () => {
    const queues = withQueues(queueOf('first', { ann: 'AVAILABLE' }), queueOf('second', { ann: 'AVAILABLE' }))
    expect(dial(queues, 'ann-desk', `*46${SECOND}`)).toMatchObject(order('LOGGED_OUT', 'second'))
    expect(dial(queues, 'ann-desk', '*464999')).toMatchObject({ kind: 'reject', code: 'UnknownExtension' })
  })

  it('who is logged out neither pauses nor goes on: that would log it in', () => {
    const queues = withQueues(queueOf('first', { ann: 'LOGGED_OUT' }), queueOf('second', { ann: 'PAUSED' }))
    expect(dial(queues, 'ann-desk', '*47')).toMatchObject(order('PAUSED', 'second'))
    expect(dial(queues, 'ann-desk', '*48')).toMatchObject(order('AVAILABLE', 'second'))
  })

  it('who is no agent is told so', () => {
    const decision = dial(withQueues(queueOf('first', { bob: 'AVAILABLE' })), 'ann-desk', '*45')
    expect(decision).toMatchObject(order('AVAILABLE'))
    expect(rulesOf(decision)).toContain('agent-code')
  })
})

describe('a queue nobody is logged in to (S0-50)', () => {
  it('sends its callers to the overflow at once, unanswered', () => {
    const queue = queueOf('first', { bob: 'LOGGED_OUT' }, { referenceType: 'END_USER', referenceId: 'bob' })
    expect(dial(withQueues(queue), 'ann-desk', FIRST)).toMatchObject({ kind: 'ring', userId: 'bob' })
  })

  it('without an overflow says so, and the call is not answered', () => {
    const decision = dial(withQueues(queueOf('first', { bob: 'LOGGED_OUT' })), 'ann-desk', FIRST)
    expect(decision).toMatchObject({ kind: 'serve', service: { kind: 'announcement', promptId: 'not-available-now', isAnswered: false } })
  })

  it('two that overflow into each other end', () => {
    const first = queueOf('first', { bob: 'LOGGED_OUT' }, { referenceType: 'CALL_QUEUE', referenceId: 'second' })
    const second = queueOf('second', { bob: 'LOGGED_OUT' }, { referenceType: 'CALL_QUEUE', referenceId: 'first' })
    expect(dial(withQueues(first, second), 'ann-desk', FIRST)).toMatchObject({ kind: 'reject' })
  })

  it('waits when an agent pauses, or when it never had agents', () => {
    expect(isStaffed(queueOf('first', { bob: 'PAUSED', ann: 'LOGGED_OUT' }))).toBe(true)
    expect(isStaffed(queueOf('first', {}))).toBe(true)
    expect(dial(withQueues(queueOf('first', { bob: 'PAUSED' })), 'ann-desk', FIRST)).toMatchObject({ kind: 'serve', service: { kind: 'queue' } })
  })
})
