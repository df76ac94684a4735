import type { CallScene } from '../call-scene.ts'
import type { CallerIdentity } from '../route-facts.ts'

/** Who a PBX says is calling; of phones nothing is believed, so they present nobody. */
export function presentedCaller({ caller, facts }: Pick<CallScene, 'caller' | 'facts'>): CallerIdentity | undefined {
  if (caller.kind !== 'line' || caller.line.trunk === undefined || facts.call.direction !== 'originating') return undefined
  return facts.call.presented
}
