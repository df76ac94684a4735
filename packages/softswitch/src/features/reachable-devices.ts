import type { RemoteAddress } from '@dialtone/sip'
import type { StoredBinding } from '../ports/registration-store.ts'

/** One thing that rings: a contact, and other ways to the same device. */
export interface ReachableDevice {
  readonly binding: StoredBinding
  /** Tried in this order when the first way fails. */
  readonly alternatives: readonly RemoteAddress[]
}

/**
 * The devices behind the bindings of a line, highest q first (RFC 3261 16.6: the order is the caller's wish, ringing one after
 * the other or all together is ours to choose; all ring together, S1-16). The flows of one device are one target, the newest
 * first, the others for when it fails (RFC 5626 5.3, 6); before that counts which transport their domain likes best (S3-73).
 */
export function reachableDevices(bindings: readonly StoredBinding[]): readonly ReachableDevice[] {
  const [only] = bindings
  if (only !== undefined && bindings.length === 1) return [{ binding: only, alternatives: [] }]
  const devices = Map.groupBy(bindings, (binding) => (binding.regId === undefined ? binding : (binding.instanceId ?? binding)))
  const reachable = [...devices.values()].flatMap((flows): ReachableDevice[] => {
    const [first, ...others] = flows.toSorted((left, right) => rankOf(right) - rankOf(left) || right.expiresAtMs - left.expiresAtMs)
    return first === undefined ? [] : [{ binding: first, alternatives: others.map((other) => other.receivedFrom) }]
  })
  return reachable.toSorted((left, right) => qOf(right.binding) - qOf(left.binding))
}

/** RFC 3261 10.2.1.2: a contact without q is as good as the best. */
function qOf(binding: StoredBinding): number {
  return binding.q === undefined ? 1 : Number(binding.q)
}

function rankOf({ isPreferredWay }: StoredBinding): number {
  return isPreferredWay === true ? 1 : 0
}
