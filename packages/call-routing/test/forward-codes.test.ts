import { describe, expect, it } from 'vitest'
import type { RoutingForwardCode, RoutingSnapshot } from '../src/index.ts'
import { NO_SERVICES } from '../src/index.ts'
import { account, dial, rulesOf } from './account-fixture.ts'

function withCode(changes: Partial<RoutingForwardCode> = {}): RoutingSnapshot {
  const forward: RoutingForwardCode = { configurationId: 'night', huntGroupId: 'doors', type: 'VARIABLE', isActive: false, ...changes }
  return account({ changes: { services: { ...NO_SERVICES, forwardCodes: new Map([['*31', forward]]) } } })
}

const order = (isOn: boolean, forwardTo?: string) => ({
  kind: 'serve',
  target: 'feature:*31',
  service: { kind: 'switch-forward', configurationId: 'night', isOn, forwardTo },
})

describe("the star code of a hunt group's forward", () => {
  it.each(['VARIABLE', 'FIXED'] as const)('alone switches a %s one on, and off when it is on', (type) => {
    expect(dial(withCode({ type }), 'lobby', '*31')).toMatchObject(order(true))
    expect(dial(withCode({ type, isActive: true }), 'ann-desk', '*31')).toMatchObject(order(false))
  })

  it('VARIABLE takes the number that is dialed behind it, and stays on', () => {
    expect(dial(withCode(), 'lobby', '*316075551212')).toMatchObject(order(true, '6075551212'))
    expect(dial(withCode({ isActive: true }), 'lobby', '*314001')).toMatchObject(order(true, '4001'))
  })

  it.each(['*31911', '*31411', '*314999'])('%s is refused: nobody is forwarded to help, to a service or to nothing', (dialed) => {
    const decision = dial(withCode(), 'lobby', dialed)
    expect(decision).toMatchObject({ kind: 'reject', code: 'NotAllowedByDialPlan' })
    expect(rulesOf(decision)).toContain('forward-code')
  })

  it('FIXED takes no number, and codes of nobody stay unknown', () => {
    expect(dial(withCode({ type: 'FIXED' }), 'lobby', '*316075551212')).toMatchObject({ kind: 'reject', code: 'NotAllowedByDialPlan' })
    expect(dial(withCode(), 'lobby', '*32')).toMatchObject({ kind: 'reject', code: 'UnknownFeatureCode' })
  })
})
