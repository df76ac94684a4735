import type { OnNetVerdict } from '../route-decision.ts'
import type { RouteFacts, TerminatingCall } from '../route-facts.ts'

/** How the account that an `on-net` decision leads to is asked. A caller whom the platform has answered meanwhile goes where he wants to, as often as he likes. */
export function callInto({ number, caller }: Pick<OnNetVerdict, 'number' | 'caller'>, from: RouteFacts['call']): TerminatingCall {
  const call = { direction: 'terminating', calledNumber: number, caller } as const
  return from.direction === 'terminating' ? { ...call, cameThrough: [...(from.cameThrough ?? []), from.calledNumber] } : call
}
