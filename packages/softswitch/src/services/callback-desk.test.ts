import { ManualTime, silentLogger } from '@dialtone/foundation'
import { beforeEach, describe, expect, it } from 'vitest'
import { ScriptedCall, ring } from '../../test/scripted-call.ts'
import type { CallState } from '../calls/state/call-state.ts'
import { CallbackDesk } from './callback-desk.ts'
import { FORGETFUL, type MemoryChange, type RememberedFact } from '../ports/switch-memory.ts'
import { QueueBoard } from './queue-board.ts'

const callback = (number: string) => ({ accountId: 'a', caller: { number, name: '', anonymous: false }, calledNumber: '18015550100', dialed: `+${number}` })

let time: ManualTime
let board: QueueBoard
let begun: string[]
let isStaffed: boolean
let isFree: boolean
let desk: CallbackDesk

beforeEach(() => {
  time = new ManualTime()
  board = new QueueBoard(time, FORGETFUL)
  begun = []
  isStaffed = isFree = true
  desk = new CallbackDesk({
    ...{ queues: board, clock: time, timers: time, logger: silentLogger },
    isStaffed: () => isStaffed,
    isAgentFree: () => isFree,
    begin: (_queueId, { caller }) => {
      begun.push(caller.number)
      return { agentSessionId: `agent-${begun.length}`, callerSessionId: `caller-${begun.length}` }
    },
  })
})

const { state } = new ScriptedCall([{ decision: ring() }])
const over = (sessionId: string, code = 'NoAnswer', winnerId?: string): CallState => ({
  ...state,
  sessionId,
  phase: 'over',
  winnerId,
  outcome: { disposition: 'NO_ANSWER', statusCode: 480, hangupBy: 'system', code },
})

function keep(number: string): void {
  board.join('q', 10, number)?.keepFor(callback(number))
}

describe('callers that are called back (S0-50)', () => {
  it('in their turn, behind those who wait on the line, and nothing runs when there are none', () => {
    const onTheLine = board.join('q', 10)
    keep('1')
    keep('2')
    expect(board.lengthOf('q')).toMatchObject({ waiting: 1, callbacks: 2 })
    time.advance(3_000)
    expect(begun).toEqual([])
    onTheLine?.leave()
    time.advance(1_000)
    // The second one's turn comes when an agent rings for the first.
    expect(begun).toEqual(['1', '2'])
    desk.observe({ ...state, sessionId: 'caller-1', phase: 'talking', winnerId: 'b1' })
    desk.observe({ ...state, sessionId: 'caller-2', phase: 'talking', winnerId: 'b1' })
    time.advance(1_000)
    expect([board.lengthOf('q').callbacks, time.pendingTimers]).toEqual([0, 0])
  })

  it('wait for a free agent; agents that do not answer are left alone for a moment', () => {
    isFree = false
    keep('1')
    time.advance(10_000)
    expect(begun).toEqual([])
    isFree = true
    time.advance(1_000)
    desk.observe(over('agent-1'))
    time.advance(4_000)
    expect(begun.length).toBe(1)
    time.advance(2_000)
    expect(begun.length).toBe(2)
  })

  it('are called three times in all, a minute apart', () => {
    keep('1')
    for (const attempt of [1, 2, 3]) {
      time.advance(attempt === 1 ? 1_000 : 61_000)
      expect(begun.length).toBe(attempt)
      desk.observe(over(`agent-${attempt}`, 'Transferred'))
      desk.observe(over(`caller-${attempt}`, 'UserBusy'))
    }
    time.advance(120_000)
    expect([begun.length, board.lengthOf('q').callbacks, time.pendingTimers]).toEqual([3, 0, 0])
  })

  it('hold up nobody while they cannot be reached: whoever waits behind goes first until the minute is over', () => {
    keep('1')
    time.advance(1_000)
    const [behind, last] = [board.join('q', 10), board.join('q', 10)]
    const turns: string[] = []
    last?.whenNext(() => turns.push('last'))
    desk.observe(over('agent-1', 'Transferred'))
    desk.observe(over('caller-1', 'UserBusy'))
    expect([behind?.look(), last?.look()]).toMatchObject([
      { place: 2, isNext: true },
      { place: 3, isNext: false },
    ])
    behind?.leave()
    expect([turns, last?.look().isNext]).toEqual([['last'], true])
    time.advance(59_000)
    expect([begun, last?.look().isNext]).toEqual([['1'], true])
    isFree = false
    time.advance(2_000)
    expect(last?.look().isNext).toBe(false)
    isFree = true
    time.advance(1_000)
    expect(begun).toEqual(['1', '1'])
  })

  it('are called as often as is left after a crash, and not at once', () => {
    const facts = new Map<string, RememberedFact>()
    const memory = {
      save: (change: MemoryChange) => void (change.type === 'forget' ? facts.delete(change.key) : facts.set(change.fact.key, change.fact)),
    }
    board = new QueueBoard(time, memory)
    const needs = {
      ...{ clock: time, timers: time, logger: silentLogger, isStaffed: () => true, isAgentFree: () => true },
      begin: () => ({ agentSessionId: `agent-${begun.push('1')}`, callerSessionId: `caller-${begun.length}` }),
    }
    desk = new CallbackDesk({ ...needs, queues: board })
    keep('1')
    for (const attempt of [1, 2, 3]) {
      time.advance(attempt === 1 ? 1_000 : 50_000)
      expect(begun.length, 'the minute is not over').toBe(attempt === 1 ? 1 : attempt - 1)
      time.advance(11_000)
      expect(begun.length).toBe(attempt)
      desk.observe(over(`agent-${attempt}`, 'Transferred'))
      desk.observe(over(`caller-${attempt}`, 'UserBusy'))
      desk.stop()
      board = new QueueBoard(time, memory)
      desk = new CallbackDesk({ ...needs, queues: board })
      board.recall([...facts.values()])
    }
    expect([facts.size, board.lengthOf('q').callbacks]).toEqual([0, 0])
  })

  it('are forgotten when the last agent has logged out or the queue is gone', () => {
    keep('1')
    isStaffed = false
    time.advance(1_000)
    expect([begun, board.lengthOf('q').callbacks, time.pendingTimers]).toEqual([[], 0, 0])
  })

  it('who calls again while an agent is rung for him stands behind that, and is not called once more', () => {
    keep('1')
    keep('2')
    time.advance(1_000)
    const again = board.join('q', 2, '1')
    expect([again?.look(), board.lengthOf('q')]).toMatchObject([
      { place: 2, isNext: true },
      { waiting: 1, callbacks: 2 },
    ])
    desk.observe(over('agent-1', 'Transferred'))
    desk.observe(over('caller-1', 'UserBusy'))
    expect([again?.look().place, board.lengthOf('q')]).toMatchObject([1, { waiting: 1, callbacks: 1 }])
    time.advance(120_000)
    expect(begun.filter((number) => number === '1')).toEqual(['1'])
  })

  it('who calls again has its place again, and is not called back', () => {
    keep('1')
    keep('2')
    const again = board.join('q', 2, '1')
    expect([again?.look().place, board.lengthOf('q')]).toMatchObject([1, { waiting: 1, callbacks: 1 }])
    expect(board.join('q', 2, '3')).toBeUndefined()
    expect(board.keptPlaces().map((place) => place.callback.caller.number)).toEqual(['2'])
  })
})
