import type { DialedNumber } from '@dialtone/numbering'
import type { CallScene } from '../call-scene.ts'
import { capacityOfTrunk } from '../destinations/trunk-capacity.ts'
import { reject } from '../reject.ts'
import type { RejectVerdict } from '../route-decision.ts'

/** What S1-120 calls local services; 711 and 988 everybody reaches (47 CFR 64.603, 52.200), 411 is a matter of the plan. */
const LOCAL_SERVICES: ReadonlySet<string> = new Set(['211', '311', '511', '611', '811'])

/** What a PBX may not do that a phone may: have more calls than it has paths (S1-117), and local services that are not enabled. */
export function checkTrunkCaller(scene: CallScene, understood: DialedNumber): RejectVerdict | undefined {
  const { caller, facts, trace } = scene
  if (caller.kind !== 'line' || caller.line.trunk === undefined) return undefined
  // A call that has its path keeps it while its tries go on.
  if (facts.trail.length === 0 && capacityOfTrunk(scene, caller.line) === 'full') return reject('TrunkFull')
  if (understood.kind !== 'service' || !LOCAL_SERVICES.has(understood.code) || caller.line.trunk.localServicesEnabled) return undefined
  trace.note('local-services', 'not enabled for the trunk', { code: understood.code })
  return reject('NotAllowedByDialPlan', { statusCode: 403, reasonPhrase: 'Forbidden' })
}
