import { recognizeEmergency } from '@dialtone/numbering'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideRoute } from '../src/index.ts'
import type { RouteFacts, RoutingSnapshot } from '../src/index.ts'
import { anyAccount, anyFacts, emergencySpelling } from './random-account.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

const CONFIGURATIONS = 100_000
/** So many accounts and calls are made whole; the configurations are put together from their parts. */
const DRAWN = 1_500
const SEED = 911

/** mulberry32: the same numbers in every run. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

interface Configuration {
  readonly snapshot: RoutingSnapshot
  readonly facts: RouteFacts
}

/** Each part from another account: lines without their users, numbers that ring what does not exist, groups of nobody. */
function* configurations(): Generator<Configuration> {
  const accounts = fc.sample(anyAccount('one'), { numRuns: DRAWN, seed: SEED })
  const calls = fc.sample(anyFacts(emergencySpelling), { numRuns: DRAWN, seed: SEED + 1 })
  const below = random(SEED)
  const oneOf = <Item>(items: readonly Item[]): Item => items[below(items.length)] ?? expect.fail('nothing was drawn')
  for (let count = 0; count < CONFIGURATIONS; count++) {
    const { users, userIdByExtension } = oneOf(accounts)
    const { dialingBehavior, extensionLength, homeAreaCode } = oneOf(accounts)
    const { carriers, emergencyCarrierIds } = oneOf(accounts)
    const parts = { users, userIdByExtension, dialingBehavior, extensionLength, homeAreaCode, carriers, emergencyCarrierIds }
    const { lines } = oneOf(accounts)
    const { numbers } = oneOf(accounts)
    const { services } = oneOf(accounts)
    yield { snapshot: { ...oneOf(accounts), ...parts, lines, numbers, services }, facts: oneOf(calls) }
  }
}

/** What is wrong with how this call for help was decided; undefined: nothing. */
function faultOf({ snapshot, facts }: Configuration): string | undefined {
  const decision = decideRoute(snapshot, facts)
  if (facts.call.direction !== 'originating') return 'not a call for help'
  if (decision.kind !== 'emergency') return `decided as ${decision.kind}`
  if (decision.service !== recognizeEmergency(facts.call.dialed)) return `taken for ${decision.service}`
  const untried = snapshot.carriers.filter(({ id }) => !facts.trail.some((attempt) => attempt.target === `carrier:${id}`))
  if (!untried.every(({ id }) => decision.carrierIds.includes(id))) return 'a carrier is left out'
  if (snapshot.numbers.size > 0 && !snapshot.numbers.has(decision.callbackNumber ?? '')) return 'cannot be called back'
  return decision.caller.anonymous ? 'anonymous' : undefined
}

describe('911 and 933', { timeout: 120_000 }, () => {
  it('S0-76 S0-78: reach the emergency route in 100 000 random configurations (C-58, 47 CFR 9.11, 9.16)', () => {
    const faults: unknown[] = []
    const seen = { suspended: 0, unknownLine: 0, inactiveLine: 0, withoutNumber: 0, beyondHopLimit: 0, second: 0 }
    let count = 0
    for (const configuration of configurations()) {
      const { snapshot, facts } = configuration
      const line = facts.call.direction === 'originating' ? snapshot.lines.get(facts.call.fromLineId) : undefined
      if (snapshot.accountStatus !== 'ACTIVE') seen.suspended++
      if (line === undefined) seen.unknownLine++
      if (line?.adminState === 'INACTIVE') seen.inactiveLine++
      if (snapshot.numbers.size === 0) seen.withoutNumber++
      if (facts.trail.length >= (facts.hopLimit ?? 20)) seen.beyondHopLimit++
      if (facts.trail.length > 0) seen.second++
      const fault = faultOf(configuration)
      if (fault !== undefined && faults.length < 3) faults.push({ fault, configuration })
      count++
    }
    expect(faults).toEqual([])
    expect(count).toBe(CONFIGURATIONS)
    // It was really tried in every hardship.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(1_000)
  })
})
