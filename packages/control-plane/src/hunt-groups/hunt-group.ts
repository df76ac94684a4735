import { err, ok, type Result } from '@dialtone/foundation'
import type { ObjectReference } from '../account-objects/index.ts'
import {
  type CallDestination, type CallMember, destinationProblems, destinationReferences, memberReferences, OVERFLOW, readMembers, type RingStrategy,
} from '../call-destinations/index.ts' // prettier-ignore
import { type ApiFailure, fieldRequired, invalidField, invalidFields } from '../failures/index.ts'

export interface HuntGroupMember extends CallMember {
  /** The lowest first; of equal ones the first in the list. */
  readonly priority: number
  /** Instead of the group's, for SEQUENTIAL. */
  readonly ringTimeoutSeconds?: number | undefined
}

/** Several people or phones behind one number or extension (S0-48, S0-53 … S0-55). */
export interface HuntGroup {
  readonly name: string
  readonly extension: string | undefined
  readonly strategy: RingStrategy
  readonly members: readonly HuntGroupMember[]
  /** Of every attempt; of the whole ringing with SIMULTANEOUS. */
  readonly ringTimeoutSeconds: number
  /** Who is not answered speaks to a voicemail box: the one named, or that of the first member. */
  readonly voicemailEnabled: boolean
  readonly voicemailBoxId: string | undefined
  /** Where a call goes that nobody answers. */
  readonly overflow: CallDestination | undefined
}

export interface GivenHuntGroup {
  readonly name: string
  readonly extension?: string | undefined
  readonly strategy?: RingStrategy | undefined
  readonly members: readonly {
    readonly userId?: string | undefined
    readonly lineId?: string | undefined
    readonly priority?: number | undefined
    readonly ringTimeout?: number | undefined
  }[]
  readonly ringTimeout?: number | undefined
  readonly voicemailEnabled?: boolean | undefined
  readonly voicemailBoxId?: string | undefined
  readonly overflow?: CallDestination | undefined
}

const DEFAULT_RING_SECONDS = 20

export function huntGroupOf(given: GivenHuntGroup): Result<HuntGroup, ApiFailure> {
  const { name, extension, strategy = 'SIMULTANEOUS', voicemailEnabled = false, voicemailBoxId, overflow } = given
  const members = readMembers('members', given.members)
  if (!members.ok) return members
  if (strategy !== 'SEQUENTIAL' && given.members.some((member) => member.ringTimeout !== undefined))
    return err(invalidField('members.ringTimeout', `means nothing with ${strategy}`, 'only with SEQUENTIAL'))
  if (voicemailBoxId !== undefined && !voicemailEnabled) return err(invalidField('voicemailBoxId', 'is not used', 'only with voicemailEnabled'))
  if (voicemailEnabled && overflow !== undefined) return err(invalidField('overflow', 'is not used with voicemailEnabled', 'one of the two'))
  if (voicemailEnabled && voicemailBoxId === undefined && members.value.length === 0) return err(fieldRequired('voicemailBoxId'))
  const problems = overflow === undefined ? [] : destinationProblems('overflow', overflow)
  if (problems.length > 0) return err(invalidFields(problems))
  return ok({
    name,
    extension,
    strategy,
    members: members.value.map(([member, { priority, ringTimeout }], index) => ({
      ...member,
      priority: priority ?? index + 1,
      ringTimeoutSeconds: ringTimeout,
    })),
    ringTimeoutSeconds: given.ringTimeout ?? DEFAULT_RING_SECONDS,
    voicemailEnabled,
    voicemailBoxId,
    overflow,
  })
}

export function huntGroupReferences(group: HuntGroup): readonly ObjectReference[] {
  return [
    ...memberReferences('member', group.members),
    ...(group.voicemailBoxId === undefined ? [] : [{ role: 'voicemailBox', type: 'VOICEMAIL_BOX', id: group.voicemailBoxId } as const]),
    ...destinationReferences(OVERFLOW, group.overflow),
  ]
}
