import { ManualTime } from '@dialtone/foundation'
import { describe, expect, it } from 'vitest'
import { FORGETFUL } from '../../ports/switch-memory.ts'
import { QueueBoard } from '../queue-board.ts'
import { prompt } from '../phrase.ts'
import type { ServiceReply, ServiceRequest } from '../service-program.ts'
import { waitInQueue } from './wait-in-queue.ts'

const agents = { referenceType: 'HUNT_GROUP', referenceId: 'queue:q' }
const overflow = { referenceType: 'VOICEMAIL', referenceId: 'box' }
const caller = { number: '16075551212', name: '', anonymous: false }
const queue = {
  id: 'q',
  name: 'Support',
  maxWaitSeconds: 60,
  maxCallers: 2,
  ringSeconds: 20,
  music: [],
  announcesPosition: true,
  announcementIntervalSeconds: 10,
  offersCallback: false,
  overflow,
  agents: [],
}

function waiting(place: number, waitedMs: number, isNext: boolean): ServiceReply {
  return { place: { place, waitedMs, isNext } }
}

describe('a caller in a queue (S0-50)', () => {
  it('has an agent rung at once when it is the first, and again when nobody was free', () => {
    const program = waitInQueue({ kind: 'queue', queue, agents }, () => caller, '18015550100')
    const kinds: ServiceRequest['kind'][] = []
    let step = program.next({})
    for (const reply of [waiting(1, 0, true), {}, { outcome: 'busy' }, {}, waiting(1, 1_000, true), { outcome: 'busy' }] satisfies ServiceReply[]) {
      if (step.done === true) break
      kinds.push(step.value.kind)
      step = program.next(reply)
    }
    expect(kinds).toEqual(['join', 'music', 'ring', 'key', 'look', 'ring'])
  })

  it('hears its position, waits its turn, and goes to the overflow after the longest wait', () => {
    const program = waitInQueue({ kind: 'queue', queue, agents }, () => caller, '18015550100')
    program.next({})
    const first = program.next(waiting(2, 0, false))
    expect(first.value).toMatchObject({ kind: 'play', phrases: [{ promptId: 'queue-hold' }, { promptId: 'queue-position' }, { kind: 'number', value: 2 }] })
    for (const reply of [{}, {}, {}]) program.next(reply)
    expect(program.next(waiting(2, 60_000, false))).toEqual({ done: true, value: { kind: 'go', to: overflow } })
  })

  it('goes to the overflow when the last agent logs out', () => {
    const program = waitInQueue({ kind: 'queue', queue, agents }, () => caller, '18015550100')
    program.next({})
    for (const reply of [waiting(1, 0, true), {}, { outcome: 'busy' }, {}] satisfies ServiceReply[]) program.next(reply)
    expect(program.next({ ...waiting(1, 1_000, true), isStaffed: false })).toEqual({ done: true, value: { kind: 'go', to: overflow } })
  })

  it('goes to the overflow at once when there is no room', () => {
    const program = waitInQueue({ kind: 'queue', queue, agents }, () => caller, '18015550100')
    program.next({})
    expect(program.next({})).toEqual({ done: true, value: { kind: 'go', to: overflow } })
  })

  it('is told so when there is no room and no overflow', () => {
    const program = waitInQueue({ kind: 'queue', queue: { ...queue, overflow: undefined }, agents }, () => caller, '18015550100')
    program.next({})
    expect(program.next({}).value).toEqual({ kind: 'play', phrases: [prompt('not-available-now')], interruptedBy: '' })
    expect(program.next({})).toEqual({ done: true, value: { kind: 'hangup' } })
  })
})

describe('a caller who would rather be called back', () => {
  const offering = { ...queue, offersCallback: true }
  const program = (from = caller) => waitInQueue({ kind: 'queue', queue: offering, agents }, () => from, '18015550100')

  it('is offered it once, also when it is the first; at 1 it keeps its place, hears so and is hung up', () => {
    const waits = program()
    waits.next({})
    for (const reply of [waiting(1, 0, true), {}] satisfies ServiceReply[]) waits.next(reply)
    expect(waits.next({ outcome: 'busy' }).value).toEqual({ kind: 'play', phrases: [prompt('queue-callback-offer')], interruptedBy: '1', untilTurn: true })
    waits.next({})
    waits.next({})
    const [kept, said] = [waits.next({ key: '1' }), waits.next({})]
    expect(kept.value).toEqual({ kind: 'callBack', caller, calledNumber: '18015550100', dialed: '+16075551212' })
    expect([said.value, waits.next({})]).toMatchObject([{ phrases: [{ promptId: 'queue-callback-confirmed' }] }, { done: true, value: { kind: 'hangup' } }])
  })

  it.each([
    ['hides its number', { ...caller, anonymous: true }],
    ['has none', { ...caller, number: '' }],
    ['claims to be help', { ...caller, number: '911' }],
  ])('is not offered it when it %s', (_why, from) => {
    const waits = program(from)
    waits.next({})
    const first = waits.next(waiting(2, 0, false))
    expect(JSON.stringify(first.value)).not.toContain('callback')
    for (const reply of [{}, {}]) waits.next(reply)
    expect(waits.next({ key: '1' }).value).toEqual({ kind: 'look' })
  })
})

describe('the line of a queue', () => {
  it('serves who came first; the next may have an agent rung only while those before it do', () => {
    const time = new ManualTime()
    const board = new QueueBoard(time, FORGETFUL)
    const [one, two] = [board.join('q', 2), board.join('q', 2)]
    expect(board.join('q', 2)).toBeUndefined()
    expect([one?.look().isNext, two?.look()]).toEqual([true, { place: 2, waitedMs: 0, isNext: false }])
    one?.ringing(true)
    expect(two?.look().isNext).toBe(true)
    one?.leave()
    one?.leave()
    time.advance(500)
    expect(two?.look()).toEqual({ place: 1, waitedMs: 500, isNext: true })
    two?.leave()
    expect(board.lengthOf('q').waiting).toBe(0)
  })

  it('tells whoever is next when somebody before has left, or has an agent rung, and nobody else', () => {
    const board = new QueueBoard(new ManualTime(), FORGETFUL)
    const told: string[] = []
    const [one, two, , four] = ['one', 'two', 'three', 'four'].map((name) => {
      const spot = board.join('q', 4)
      spot?.whenNext(() => told.push(name))
      return spot
    })
    one?.ringing(true)
    expect(told).toEqual(['two'])
    one?.ringing(false)
    four?.leave()
    expect(told, 'somebody behind has hung up').toEqual(['two'])
    one?.leave()
    expect(told).toEqual(['two', 'two'])
    two?.leave()
    expect(told).toEqual(['two', 'two', 'three'])
  })
})
