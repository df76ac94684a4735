import { describe, expect, it } from 'vitest'
import type { RoutingSnapshot } from '../src/index.ts'
import { NO_SERVICES } from '../src/index.ts'
import { account, number, receive, rulesOf, SPARE_NUMBER } from './account-fixture.ts'

function withLine(faxLines: ReadonlyMap<string, { readonly id: string; readonly name: string }>): RoutingSnapshot {
  return account({ numbers: [number(SPARE_NUMBER, ['VFAX', 'office'])], changes: { services: { ...NO_SERVICES, faxLines } } })
}

describe('a virtual fax line (S1-89)', () => {
  it('is served by the platform behind its number', () => {
    const decision = receive(withLine(new Map([['office', { id: 'office', name: 'Office' }]])), SPARE_NUMBER)
    const service = { kind: 'fax', faxLineId: 'office', name: 'Office' }
    expect(decision).toMatchObject({ kind: 'serve', target: 'fax-line:office', calledNumber: SPARE_NUMBER, service })
    expect(decision.steps).toContainEqual(expect.objectContaining({ rule: 'fax-line', outcome: 'receives the fax' }))
  })

  it('that is gone refuses the call, and says so', () => {
    const decision = receive(withLine(new Map()), SPARE_NUMBER)
    expect(decision).toMatchObject({ kind: 'reject', code: 'DestinationNotAvailable' })
    expect(rulesOf(decision)).toContain('fax-line')
  })
})
