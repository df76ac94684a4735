import { ManualTime } from '@dialtone/foundation'
import { describe, expect, it } from 'vitest'
import { ANSWER, ring, ScriptedCall } from '../../test/scripted-call.ts'
import { GroupMemory } from '../features/group-memory.ts'
import { LastCallers } from '../features/last-callers.ts'
import { QueueBoard } from '../services/queue-board.ts'
import type { MemoryChange, RememberedFact, SwitchMemory } from './switch-memory.ts'

/** What is saved, as the next start finds it. */
class NotedMemory implements SwitchMemory {
  readonly facts = new Map<string, RememberedFact>()

  save(change: MemoryChange): void {
    if (change.type === 'forget') this.facts.delete(change.key)
    else this.facts.set(change.fact.key, change.fact)
  }

  /** As JSON, for that is how it is kept. */
  load(): Promise<readonly RememberedFact[]> {
    return Promise.resolve(JSON.parse(JSON.stringify([...this.facts.values()])) as readonly RememberedFact[])
  }
}

const callback = (number: string) => ({ accountId: 'a', caller: { number, name: '', anonymous: false }, calledNumber: '18015550100', dialed: `+${number}` })
const groupRing = { ...ring(), target: 'huntgroup:queue:q/bob' } as ReturnType<typeof ring>

describe('what the switch remembers over a restart', () => {
  it('S0-50: places to be called back, in their order and as old as they are; who was called or calls again has none', async () => {
    const [time, memory] = [new ManualTime(), new NotedMemory()]
    const board = new QueueBoard(time, memory)
    for (const number of ['1', '2', '3', '4']) {
      board.join('q', 10, number)?.keepFor(callback(number))
      time.advance(1_000)
    }
    board.keptPlaces()[1]?.leave()
    board.join('q', 10, '3')
    const next = new QueueBoard(time, memory)
    let isTold = false
    next.whenKept(() => (isTold = true))
    next.recall((await memory.load()).toReversed())
    expect(next.keptPlaces().map((place) => [place.callback, place.look().place])).toEqual([
      [callback('1'), 1],
      [callback('4'), 2],
    ])
    expect([isTold, next.keptPlaces()[0]?.look().waitedMs, next.lengthOf('q').callbacks]).toEqual([true, 4_000, 2])
    next.keptPlaces()[0]?.leave()
    expect([...memory.facts.values()].map((fact) => fact.kind === 'kept-place' && fact.value.callback.caller.number)).toEqual(['4'])
  })

  it('who called a line last; a call of this run stands over what is recalled', async () => {
    const memory = new NotedMemory()
    const { state } = new ScriptedCall([{ decision: ring() }])
    const caller = { number: '2001', name: 'Alice', anonymous: false }
    const called = { ...state, accounts: state.accounts.map((account) => ({ ...account, caller })) }
    new LastCallers(memory).observe(called, undefined)
    const next = new LastCallers(memory)
    next.recall(await memory.load())
    expect(next.lastCallerOf(['line-0'])).toEqual({ number: '2001', anonymous: false, sessionId: state.sessionId, atMs: state.startedAtMs })
    const later = new LastCallers(memory)
    later.observe({ ...called, accounts: called.accounts.map((account) => ({ ...account, caller: { ...caller, number: '2002' } })) }, undefined)
    const [earlier] = await memory.load()
    later.recall(earlier === undefined ? [] : [{ ...earlier, value: { number: '2001', anonymous: false, sessionId: 'before', atMs: 1 } } as RememberedFact])
    expect(later.lastCallerOf(['line-0'])?.number).toBe('2002')
  })

  it('S0-55: who of a group answered last, and when that call ended; of other calls nothing is written', async () => {
    const [time, memory] = [new ManualTime(), new NotedMemory()]
    for (const decision of [ring(), groupRing]) {
      const groups = new GroupMemory(time, memory)
      const call = new ScriptedCall([{ decision }])
      const setup = call.state
      groups.observe(setup, undefined)
      call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
      const talking = call.state
      groups.observe(talking, setup)
      time.advance(5_000)
      call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
      groups.observe(call.state, talking)
      expect(memory.facts.size).toBe(decision === groupRing ? 2 : 0)
    }
    const next = new GroupMemory(time, memory)
    next.recall(await memory.load())
    expect([next.lastAnsweredBy('queue:q'), next.idleSinceMs('line-0')]).toEqual(['bob', time.nowMs()])
  })
})
