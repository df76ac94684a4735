import { describe, expect, it } from 'vitest'
import type { RouteDecision, RoutingSupervision, SupervisedCall } from '../src/index.ts'
import { decideRoute, NO_SERVICES, supervisionTarget } from '../src/index.ts'
import { account, ownerOf } from './account-fixture.ts'

const supervised: SupervisedCall = { sessionId: '0b7d7a7e-9f6e-4a5e-8f5d-5d9a3a1c2b3d', mode: 'WHISPER', side: 'callee' }

function decide(
  supervision: RoutingSupervision | undefined,
  to: { readonly referenceType: string; readonly referenceId: string } = supervisionTarget(supervised),
): RouteDecision {
  const caller = { number: '4001', name: 'Ann', anonymous: false }
  const call = { direction: 'continuing', to, caller, calledNumber: '4002' } as const
  return decideRoute(account({ changes: { services: { ...NO_SERVICES, supervision } } }), { call, nowMs: 0, ownerOf, trail: [] })
}

describe('a supervisor who has taken the phone', () => {
  it('is served with the call, as the account allows it', () => {
    const allowed: RoutingSupervision = { modes: ['LISTEN', 'WHISPER'], notice: 'TONE' }
    expect(decide(allowed)).toMatchObject({ kind: 'serve', calledNumber: '4002', service: { kind: 'supervise', ...supervised, ...allowed } })
  })

  it.each([
    ['the account allows nothing', undefined, undefined],
    ['not in this way', { modes: ['LISTEN'], notice: 'PROMPT' } as const, undefined],
    ['the reference is none', { modes: ['WHISPER'], notice: 'PROMPT' } as const, 'WHISPER/both/x'],
  ])('is refused when %s, and the trace says so', (_why, allowed, referenceId) => {
    const decision = decide(allowed, referenceId === undefined ? undefined : { referenceType: 'LIVE_CALL', referenceId })
    expect(decision).toMatchObject({ kind: 'reject', code: 'DestinationNotAvailable' })
    expect(decision.steps).toContainEqual(expect.objectContaining({ rule: 'supervision', outcome: 'not allowed by the account' }))
  })
})
