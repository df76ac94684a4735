import { recognizeEmergency } from '@dialtone/numbering'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideRoute } from '../src/index.ts'
import type { RouteAttempt, RouteDecision, RouteFacts, RouteVerdict, RoutingSnapshot } from '../src/index.ts'
import { anyAccount, anyCall, anyFacts, anyFactsOfAnyCall, anyOutcome, anyStatusCode, emergencySpelling, ownerOf } from './random-account.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

/** fast-check's verdict on a property, as a value to expect. */
function counterexampleOf<Inputs>(property: fc.IProperty<Inputs>, numRuns: number): unknown {
  const details = fc.check(property, { numRuns })
  return details.failed ? { counterexample: details.counterexample, error: details.errorInstance } : undefined
}

/** The decision, and whoever is called beside it. */
function everyVerdict(decision: RouteDecision): readonly RouteVerdict[] {
  return decision.kind === 'ring' ? [decision, ...(decision.alsoCall ?? []).map(({ verdict }) => verdict)] : [decision]
}

describe('decideRoute, whatever it is asked', { timeout: 120_000 }, () => {
  it('decides every spelling of 911 and 933 as an emergency in ten thousand accounts of any state (C-58, S0-78)', () => {
    const property = fc.property(anyAccount('one'), anyFacts(emergencySpelling), (snapshot, facts) => {
      const decision = decideRoute(snapshot, facts)
      if (decision.kind !== 'emergency' || facts.call.direction !== 'originating') return false
      const untried = snapshot.carriers.filter((carrier) => !facts.trail.some((attempt) => attempt.target === `carrier:${carrier.id}`))
      const number = decision.callbackNumber === undefined ? undefined : snapshot.numbers.get(decision.callbackNumber)
      return (
        decision.service === recognizeEmergency(facts.call.dialed) &&
        untried.every((carrier) => decision.carrierIds.includes(carrier.id)) &&
        (snapshot.numbers.size === 0 || number !== undefined) &&
        decision.location === number?.emergencyAddress &&
        !decision.caller.anonymous
      )
    })
    expect(counterexampleOf(property, 10_000)).toBeUndefined()
  })

  it('gives the same answer twice and changes nothing it was given (inputs are frozen)', () => {
    const property = fc.property(anyAccount('one'), anyFactsOfAnyCall(), (snapshot, facts) => {
      expect(decideRoute(snapshot, facts)).toEqual(decideRoute(snapshot, facts))
    })
    expect(counterexampleOf(property, 2000)).toBeUndefined()
  })

  it('hands over only to other accounts of the same partition', () => {
    const property = fc.property(anyAccount('one', 'ACTIVE'), anyFactsOfAnyCall(), (snapshot, facts) => {
      return everyVerdict(decideRoute(snapshot, facts)).every((verdict) => {
        if (verdict.kind !== 'on-net') return true
        const owner = ownerOf(verdict.number)
        return verdict.partitionId === snapshot.partitionId && verdict.accountId !== snapshot.accountId && owner?.accountId === verdict.accountId
      })
    })
    expect(counterexampleOf(property, 3000)).toBeUndefined()
  })

  it('rings only lines in service, never the calling one, never a target that was tried', () => {
    const property = fc.property(anyAccount('one', 'ACTIVE'), anyFactsOfAnyCall(), (snapshot, facts) => {
      const decision = decideRoute(snapshot, facts)
      // A line that called 911 is called back whatever its state.
      if (decision.kind !== 'ring' || decision.isCallback === true) return true
      const calling = facts.call.direction === 'originating' ? facts.call.fromLineId : undefined
      const also = decision.alsoCall ?? []
      const lineIds = [...decision.lineIds, ...also.flatMap(({ verdict }) => (verdict.kind === 'ring' ? verdict.lineIds : []))]
      // A PBX may call its own number from outside.
      const mayRing = (id: string) => id !== calling || snapshot.lines.get(id)?.trunk !== undefined
      const inService = lineIds.every((id) => snapshot.lines.get(id)?.adminState === 'ACTIVE' && mayRing(id))
      const fresh = facts.trail.every((attempt) => attempt.target !== decision.target)
      return inService && fresh && decision.lineIds.length + also.length > 0 && (decision.timeoutMs ?? 1) > 0
    })
    expect(counterexampleOf(property, 3000)).toBeUndefined()
  })

  it('leaves by healthy untried carriers only, never for an emergency number, never with a number that is not of the account', () => {
    const property = fc.property(anyAccount('one', 'ACTIVE'), anyFactsOfAnyCall(), (snapshot, facts) => {
      return everyVerdict(decideRoute(snapshot, facts)).every((verdict) => {
        if (verdict.kind !== 'carrier') return true
        const usable = verdict.carrierIds.every((id) => snapshot.carriers.some((carrier) => carrier.id === id && carrier.healthy))
        const untried = verdict.carrierIds.every((id) => !facts.trail.some((attempt) => attempt.target === `carrier:${id}`))
        const identified = facts.call.direction === 'terminating' || verdict.caller.number === '' || snapshot.numbers.has(verdict.caller.number)
        return usable && untried && identified && verdict.carrierIds.length > 0 && recognizeEmergency(verdict.number) === undefined
      })
    })
    expect(counterexampleOf(property, 3000)).toBeUndefined()
  })

  it('explains every decision', () => {
    const property = fc.property(anyAccount('one'), anyFactsOfAnyCall(), (snapshot, facts) => decideRoute(snapshot, facts).steps.length > 0)
    expect(counterexampleOf(property, 1000)).toBeUndefined()
  })
})

/** Plays the switch: tries what is decided, reports how it ended, asks again; follows on-net hand-overs between the two accounts. */
function play(
  one: RoutingSnapshot,
  two: RoutingSnapshot,
  call: RouteFacts['call'],
  endings: readonly Pick<RouteAttempt, 'outcome' | 'statusCode'>[],
): readonly RouteDecision[] {
  const decisions: RouteDecision[] = []
  const trail: RouteAttempt[] = []
  let hopLimit = 20
  let question = { snapshot: one, call }
  while (decisions.length < 100) {
    const decision = decideRoute(question.snapshot, { call: question.call, nowMs: 0, ownerOf, trail, hopLimit })
    decisions.push(decision)
    const ending = endings[decisions.length % endings.length] ?? { outcome: 'failed', statusCode: 503 }
    if (decision.kind === 'reject' || decision.kind === 'take') return decisions
    if (decision.kind === 'on-net') {
      hopLimit--
      question = {
        snapshot: decision.accountId === 'one' ? one : two,
        call: { direction: 'terminating', calledNumber: decision.number, caller: decision.caller },
      }
    } else if (decision.kind === 'ring' || decision.kind === 'serve') trail.push({ target: decision.target, ...ending })
    else {
      const carrierId = decision.carrierIds[0]
      if (carrierId === undefined) return decisions
      trail.push({ target: `carrier:${carrierId}`, ...ending })
    }
  }
  return decisions
}

describe('decideRoute, asked again and again', { timeout: 120_000 }, () => {
  const endings = fc.array(fc.record({ outcome: anyOutcome, statusCode: anyStatusCode }), { minLength: 1, maxLength: 8 })

  it('comes to an end within the hop limit, across accounts that forward to each other', () => {
    const property = fc.property(anyAccount('one', 'ACTIVE'), anyAccount('two', 'ACTIVE'), anyCall, endings, (one, two, call, outcomes) => {
      const decisions = play(one, two, call, outcomes)
      const last = decisions.at(-1)
      const ended = last?.kind === 'reject' || (last?.kind === 'emergency' && last.carrierIds.length === 0)
      return ended && decisions.length <= 21
    })
    expect(counterexampleOf(property, 3000)).toBeUndefined()
  })

  it('really asks more than once in these games, and meets every kind of decision', () => {
    const kinds = new Map<string, number>()
    const rejections = new Set<string>()
    let longest = 0
    const games = fc.sample(fc.tuple(anyAccount('one', 'ACTIVE'), anyAccount('two', 'ACTIVE'), anyCall, endings), { numRuns: 4000, seed: 1 })
    for (const [one, two, call, outcomes] of games) {
      const decisions = play(one, two, call, outcomes)
      longest = Math.max(longest, decisions.length)
      for (const decision of decisions) {
        kinds.set(decision.kind, (kinds.get(decision.kind) ?? 0) + 1)
        if (decision.kind === 'reject') rejections.add(decision.code)
      }
    }
    expect([...kinds.keys()].toSorted()).toEqual(['carrier', 'emergency', 'on-net', 'reject', 'ring', 'serve'])
    expect(Math.min(...kinds.values())).toBeGreaterThan(50)
    expect(rejections.size).toBeGreaterThan(14)
    expect(longest).toBeGreaterThan(3)
  })
})
