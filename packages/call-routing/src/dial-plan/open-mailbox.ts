import type { RoutingVoicemailBox } from '../account-services.ts'
import type { CallScene } from '../call-scene.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import type { RouteVerdict } from '../route-decision.ts'

/** Of the user who calls, or of the business line. */
export function ownBoxOf({ caller, snapshot }: CallScene): RoutingVoicemailBox | undefined {
  if (caller.kind !== 'line') return undefined
  const { voicemailBoxes } = snapshot.services
  if (caller.user !== undefined) return voicemailBoxes.get(caller.user.voicemailBoxId ?? '')
  return [...voicemailBoxes.values()].find(({ businessLineIds }) => businessLineIds?.includes(caller.line.id) === true)
}

/** A box by phone; undefined: the caller says which. @param dialed the code, as dialed */
export function openMailbox(scene: CallScene, dialed: string, own: RoutingVoicemailBox | undefined): RouteVerdict {
  const { caller } = scene
  const userId = caller.kind === 'line' ? caller.user?.id : undefined
  const service = { kind: 'voicemail-retrieval', boxId: own?.id, skipsPin: own !== undefined && skipsPin(scene, own) } as const
  return { kind: 'serve', service, target: `mailbox:${own?.id ?? ''}`, userId, caller: callerToInside(scene), calledNumber: dialed, diversion: undefined }
}

/** Only of the own box, and only for a phone that dialed itself: who was transferred to a box is not its owner. */
function skipsPin({ facts, trace }: CallScene, { id, opensToOwnPhones }: RoutingVoicemailBox): boolean {
  const isByPhone = facts.call.direction === 'originating' && facts.call.isByPhone === true
  const outcome =
    opensToOwnPhones !== true ? 'asked: the partition wants it' : isByPhone ? 'not asked: the own phone' : 'asked: no phone of the owner has dialed'
  trace.note('voicemail-pin', outcome, { voicemailBoxId: id })
  return opensToOwnPhones === true && isByPhone
}
