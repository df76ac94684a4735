import type { ConfigurationKind } from '../account-objects/index.ts'
import { forwardReferences, type ForwardRules, type ForwardTarget } from '../sip-trunks/index.ts'

/** Trunks that carry the calls of one customer together, and where calls go when they cannot. Its trunks say themselves that they are in it. */
export interface SipTrunkGroup {
  readonly name: string
  readonly unconditionalForward: (ForwardTarget & { readonly enabled: boolean }) | undefined
  /** In order, when no trunk of the group answers. */
  readonly unreachableForward: readonly ForwardTarget[]
  /** In order, when the call paths of all its trunks are taken. */
  readonly capacityForward: readonly ForwardTarget[]
}

export const trunkGroupKind: ConfigurationKind<SipTrunkGroup> = {
  type: 'SIP_TRUNK_GROUP',
  idForm: 'short',
  historyType: 'SIP_TRUNK_GROUP',
  eventName: 'sip-trunk-group',
  nameOf: (group) => group.name,
  keys: (group) => ({ 'name:SIP_TRUNK_GROUP': group.name.toLowerCase() }),
  references: (group) => forwardReferences(rulesOf(group)),
  limit: 200,
}

/** The same rules as those of a trunk, in its words. */
export function rulesOf({ unconditionalForward, unreachableForward, capacityForward }: Omit<SipTrunkGroup, 'name'>): ForwardRules {
  return { forwardAlways: unconditionalForward, forwardOnFailure: unreachableForward, forwardOnCapacityExceeded: capacityForward }
}
