import { describe, expect, it } from 'vitest'
import { callQueueOf } from './call-queue.ts'
import { agentStatuses } from './queue-status.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const given = callQueueOf({ name: 'Support', wrapUpTime: 30, agents: ['a', 'b', 'c', 'd', 'e'].map((userId) => ({ userId })) })
if (!given.ok) throw new Error('the queue is wrong')
const since = new Date(NOW - 90_000).toISOString()
const duties = [undefined, undefined, { state: 'PAUSED', since }, { state: 'LOGGED_OUT', since }, { state: 'AVAILABLE', since }] as const
const queue = { ...given.value, agents: given.value.agents.map((agent, index) => ({ ...agent, duty: duties[index] })) }

const known = (talking: Readonly<Record<string, number>>, idle: Readonly<Record<string, number>>) => ({
  now: { waiting: 0, oldestSinceMs: undefined, callbacks: 0, talking, idle },
  lineIdsOf: ({ id }: { readonly id: string }) => [`${id}1`, `${id}2`],
  registrations: { isRegistered: (lineId: string) => lineId === 'a2' },
  nowMs: NOW,
})

describe('what agents do (S0-50)', () => {
  it('a phone that talks makes its agent busy; who pauses or has logged out is that whatever its phones do', () => {
    const statuses = agentStatuses(queue, known({ a1: NOW - 5_000, a2: NOW - 7_000, c1: NOW, d2: NOW }, {}))
    expect(statuses.map(({ state, sinceMs }) => [state, sinceMs === undefined ? undefined : NOW - sinceMs])).toEqual([
      ['BUSY', 7_000],
      ['AVAILABLE', undefined],
      ['PAUSED', 90_000],
      ['LOGGED_OUT', 90_000],
      ['AVAILABLE', 90_000],
    ])
    expect(statuses.map(({ registered }) => registered)).toEqual([true, false, false, false, false])
  })

  it('after a call an agent has the wrap-up time, then it is available since then', () => {
    const after = (ms: number) => agentStatuses(queue, known({}, { a1: NOW - ms, a2: NOW - 60_000 }))[0]
    expect(after(29_000)).toMatchObject({ state: 'WRAP_UP', sinceMs: NOW - 29_000 })
    expect(after(31_000)).toMatchObject({ state: 'AVAILABLE', sinceMs: NOW - 1_000 })
  })
})
