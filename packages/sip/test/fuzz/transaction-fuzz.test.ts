import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ClientTransactionEvent,
  type ServerTransactionEvent,
  startInviteClient,
  startInviteServer,
  startNonInviteClient,
  startNonInviteServer,
  stepInviteClient,
  stepInviteServer,
  stepNonInviteClient,
  stepNonInviteServer,
  type TransactionEffect,
  type TransactionOptions,
  type TransactionTimer,
  type Transition,
} from '../../src/transaction/index.ts'
import { incoming, outgoing, RELIABLE, UNRELIABLE } from '../walk-transaction.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

/** RFC 3261 table 4 with T1 = 500 ms, T2 = 4 s, T4 = 5 s. */
const LIFETIME_MS = 32_000
const LONGEST_TIMER_MS = 32_000
/** Every response of a transaction is seen within its life and that of its ends. */
const MOST_TIMERS = 60

const RETRANSMIT: ReadonlySet<TransactionTimer> = new Set(['A', 'E', 'G'])

/** A machine with a clock: timers run, events come in between, and every effect is noted with its time. */
class Clockwork<State extends { readonly name: string }, Event extends { readonly type: string }> {
  readonly effects: { readonly atMs: number; readonly effect: TransactionEffect; readonly by: string }[] = []
  readonly #step: (state: State, event: Event) => Transition<State>
  readonly #timers = new Map<TransactionTimer, number>()
  readonly #started = new Set<string>()
  #state: State
  nowMs = 0
  ended = false

  constructor(start: Transition<State>, step: (state: State, event: Event) => Transition<State>) {
    this.#state = start.state
    this.#step = step
    this.#perform(start.effects, 'start')
  }

  get state(): string {
    return this.#state.name
  }

  get running(): readonly TransactionTimer[] {
    return [...this.#timers.keys()]
  }

  feed(event: Event, by: string): void {
    // A timer may come although it was stopped a moment ago, but not one that never ran.
    if ('timer' in event && !this.#started.has(String(event.timer))) return
    const wasOver = this.ended
    const { state, effects } = this.#step(this.#state, event)
    this.#state = state
    // A transaction that is over asks for nothing more, whatever still comes (RFC 3261 17.1.1.2: it is destroyed).
    if (wasOver) expect(effects).toEqual([])
    this.#perform(effects, by)
  }

  /** Lets time pass up to the next timer, or for so long. */
  pass(durationMs: number, timerEvent: (timer: TransactionTimer) => Event): void {
    const endMs = this.nowMs + durationMs
    for (let next = this.#nextTimer(endMs); next !== undefined; next = this.#nextTimer(endMs)) this.#fire(next, timerEvent)
    this.nowMs = endMs
  }

  /** Lets every timer fire. @returns whether it came to an end */
  runDown(timerEvent: (timer: TransactionTimer) => Event): boolean {
    for (let fired = 0; fired < MOST_TIMERS && this.#timers.size > 0; fired++) {
      const next = this.#nextTimer(Infinity)
      if (next !== undefined) this.#fire(next, timerEvent)
    }
    return this.#timers.size === 0
  }

  count(type: TransactionEffect['type']): number {
    return this.effects.filter(({ effect }) => effect.type === type).length
  }

  #nextTimer(endMs: number): TransactionTimer | undefined {
    const [first] = [...this.#timers].filter(([, dueMs]) => dueMs <= endMs).toSorted(([, one], [, other]) => one - other)
    return first?.[0]
  }

  #fire(timer: TransactionTimer, timerEvent: (timer: TransactionTimer) => Event): void {
    this.nowMs = this.#timers.get(timer) ?? this.nowMs
    this.#timers.delete(timer)
    this.feed(timerEvent(timer), timer)
  }

  #perform(effects: readonly TransactionEffect[], by: string): void {
    for (const effect of effects) {
      expect(this.ended, 'nothing follows the end').toBe(false)
      this.effects.push({ atMs: this.nowMs, effect, by })
      if (effect.type === 'startTimer') {
        expect(effect.delayMs).toBeGreaterThan(0)
        expect(effect.delayMs).toBeLessThanOrEqual(LONGEST_TIMER_MS)
        this.#timers.set(effect.timer, this.nowMs + effect.delayMs)
        this.#started.add(effect.timer)
      }
      if (effect.type === 'stopTimer') this.#timers.delete(effect.timer)
      if (effect.type === 'terminate') {
        this.ended = true
        this.#timers.clear()
      }
    }
    // Two places are enough for the timers of a transaction: one that repeats, one that ends something.
    expect(this.running.filter((timer) => RETRANSMIT.has(timer)).length).toBeLessThanOrEqual(1)
    expect(this.running.filter((timer) => !RETRANSMIT.has(timer)).length).toBeLessThanOrEqual(1)
  }
}

const STATUS = fc.constantFrom(100, 180, 183, 199, 200, 202, 299, 300, 401, 408, 487, 500, 503, 699)
const PAUSE = fc.oneof(fc.constant(0), fc.nat(600), fc.nat(9000), fc.nat(40_000))
const OPTIONS = fc.constantFrom(UNRELIABLE, RELIABLE)

const CLIENT_EVENT = fc.oneof(
  STATUS.map((statusCode): ClientTransactionEvent => ({ type: 'response', response: incoming(statusCode) })),
  fc.constantFrom<ClientTransactionEvent>({ type: 'transportFailure' }, { type: 'abandon' }),
  // One that was stopped and comes all the same.
  fc.constantFrom<TransactionTimer>('A', 'B', 'D', 'E', 'F', 'K', 'M').map((timer): ClientTransactionEvent => ({ type: 'timer', timer })),
)
const LIKELY_CLIENT_EVENT = fc.oneof(
  { weight: 6, arbitrary: STATUS.map((statusCode): ClientTransactionEvent => ({ type: 'response', response: incoming(statusCode) })) },
  { weight: 1, arbitrary: CLIENT_EVENT },
)
const SERVER_EVENT = fc.oneof(
  { weight: 4, arbitrary: fc.constant<ServerTransactionEvent>({ type: 'retransmission' }) },
  { weight: 4, arbitrary: STATUS.map((statusCode): ServerTransactionEvent => ({ type: 'respond', response: outgoing(statusCode) })) },
  { weight: 2, arbitrary: fc.constant<ServerTransactionEvent>({ type: 'ack' }) },
  { weight: 1, arbitrary: fc.constantFrom<ServerTransactionEvent>({ type: 'wait' }, { type: 'transportFailure' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<TransactionTimer>('G', 'H', 'I', 'J', 'L', 'unanswered').map((timer): ServerTransactionEvent => ({ type: 'timer', timer })),
  },
)

const timerEvent = (timer: TransactionTimer): { readonly type: 'timer'; readonly timer: TransactionTimer } => ({ type: 'timer', timer })

type Effects = Pick<Clockwork<never, never>, 'effects' | 'count'>

function statusesPassed(clockwork: Effects): number[] {
  return clockwork.effects.flatMap(({ effect }) => (effect.type === 'passResponse' ? [effect.response.statusCode] : []))
}

function checkClient(clockwork: Effects, options: TransactionOptions, isInvite: boolean): void {
  const passed = statusesPassed(clockwork)
  const finals = passed.filter((statusCode) => statusCode >= 200)
  const verdicts = clockwork.count('reportTimeout') + clockwork.count('reportTransportFailure')
  // 17.1.1, 17.1.2: one outcome. RFC 6026 8.4: of an INVITE every 2xx goes up, and nothing else after the first.
  if (!isInvite || finals.some((statusCode) => statusCode >= 300)) expect(finals.length).toBeLessThanOrEqual(1)
  if (finals.length > 0 && !isInvite) expect(verdicts).toBe(0)
  expect(verdicts).toBeLessThanOrEqual(1)
  const firstFinal = passed.findIndex((statusCode) => statusCode >= 200)
  if (firstFinal >= 0) expect(passed.slice(firstFinal).filter((statusCode) => statusCode < 200)).toEqual([])
  // 17.1.1.2, 17.1.2.2: nothing is repeated over a reliable transport, ACK and request go out no more often than they must.
  const repeated = clockwork.effects.filter(({ effect }) => effect.type === 'sendRequest' && effect.retransmission)
  if (options.reliable) expect(repeated.filter(({ by }) => by !== 'A' && by !== 'E')).toEqual([])
  const timeout = clockwork.effects.find(({ effect }) => effect.type === 'reportTimeout')
  if (timeout !== undefined && timeout.by !== 'event') expect(timeout.atMs).toBe(LIFETIME_MS)
}

const SEQUENCE = <Event>(event: fc.Arbitrary<Event>): fc.Arbitrary<readonly (readonly [number, Event])[]> => fc.array(fc.tuple(PAUSE, event), { maxLength: 25 })
const RUNS = { numRuns: 1500 }

describe('client transactions, whatever comes and whenever', () => {
  it('of INVITE end, with one outcome, and leave no timer (RFC 3261 17.1.1, RFC 6026 8.4)', () => {
    fc.assert(
      fc.property(OPTIONS, SEQUENCE(LIKELY_CLIENT_EVENT), (options, events) => {
        const clockwork = new Clockwork(startInviteClient(options), stepInviteClient)
        for (const [pauseMs, event] of events) {
          clockwork.pass(pauseMs, timerEvent)
          clockwork.feed(event, 'event')
        }
        // 9.1: a user that has waited long enough gives up; without it Proceeding lasts as long as the callee likes.
        clockwork.feed({ type: 'abandon' }, 'event')
        expect(clockwork.runDown(timerEvent)).toBe(true)
        expect(clockwork.state).toBe('terminated')
        expect(clockwork.count('terminate')).toBe(1)
        checkClient(clockwork, options, true)
      }),
      RUNS,
    )
  })

  it('of other requests end by themselves, with one outcome, and leave no timer (RFC 3261 17.1.2)', () => {
    fc.assert(
      fc.property(OPTIONS, SEQUENCE(LIKELY_CLIENT_EVENT), (options, events) => {
        const clockwork = new Clockwork(startNonInviteClient(options), stepNonInviteClient)
        for (const [pauseMs, event] of events) {
          clockwork.pass(pauseMs, timerEvent)
          clockwork.feed(event, 'event')
        }
        expect(clockwork.runDown(timerEvent)).toBe(true)
        expect(clockwork.count('terminate')).toBe(1)
        expect(clockwork.nowMs).toBeLessThanOrEqual(events.reduce((sum, [pauseMs]) => sum + pauseMs, 0) + LIFETIME_MS + 5000)
        checkClient(clockwork, options, false)
      }),
      RUNS,
    )
  })
})

function checkServer(clockwork: Effects): void {
  const sent = clockwork.effects.flatMap(({ effect }) => (effect.type === 'sendResponse' ? [effect] : []))
  const finals = new Set(
    sent.filter(({ response }) => response.statusCode >= 200).map(({ response }) => (response.statusCode < 300 ? 200 : response.statusCode)),
  )
  // 17.2.1, 17.2.2: one final response; the user may repeat its 2xx, and nothing else.
  expect(finals.size).toBeLessThanOrEqual(1)
  const firstFinal = sent.findIndex(({ response }) => response.statusCode >= 200)
  if (firstFinal >= 0) expect(sent.slice(firstFinal).filter(({ response }) => response.statusCode < 200)).toEqual([])
}

describe('server transactions, whatever comes and whenever', () => {
  it('of INVITE end once they are answered, with one final response, and leave no timer (RFC 3261 17.2.1, RFC 6026 7.1)', () => {
    fc.assert(
      fc.property(OPTIONS, SEQUENCE(SERVER_EVENT), (options, events) => {
        const clockwork = new Clockwork({ state: startInviteServer(options), effects: [] }, stepInviteServer)
        for (const [pauseMs, event] of events) {
          clockwork.pass(pauseMs, timerEvent)
          clockwork.feed(event, 'event')
        }
        clockwork.feed({ type: 'respond', response: outgoing(480) }, 'event')
        expect(clockwork.runDown(timerEvent)).toBe(true)
        expect(clockwork.state).toBe('terminated')
        checkServer(clockwork)
      }),
      RUNS,
    )
  })

  it('of other requests end by themselves once their user has been told, and leave no timer (RFC 3261 17.2.2, RFC 4320)', () => {
    fc.assert(
      fc.property(OPTIONS, SEQUENCE(SERVER_EVENT), (options, events) => {
        const clockwork = new Clockwork({ state: startNonInviteServer(options), effects: [] }, stepNonInviteServer)
        clockwork.feed({ type: 'wait' }, 'event')
        for (const [pauseMs, event] of events) {
          clockwork.pass(pauseMs, timerEvent)
          clockwork.feed(event, 'event')
        }
        expect(clockwork.runDown(timerEvent)).toBe(true)
        expect(clockwork.state).toBe('terminated')
        checkServer(clockwork)
      }),
      RUNS,
    )
  })
})
