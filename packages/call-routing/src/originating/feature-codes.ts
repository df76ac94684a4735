import type { RoutingVoicemailBox } from '../account-services.ts'
import type { CallScene } from '../call-scene.ts'
import { reject } from '../reject.ts'
import type { RouteVerdict } from '../route-decision.ts'
import { callerToInside } from './caller-identity.ts'

type Enter = (scene: CallScene, code: string) => RouteVerdict

/** Star codes of every account (public-spec section 12). */
const CODES: Readonly<Record<string, Enter>> = {
  // EnterVoiceMail: the own box.
  '*97': (scene, code) => openMailbox(scene, code, ownBoxOf(scene)),
  // Any box: the caller says which.
  '*98': (scene, code) => openMailbox(scene, code, undefined),
}

/** @param code `*` and digits, as dialed */
export function enterFeatureCode(scene: CallScene, code: string): RouteVerdict {
  const enter = Object.hasOwn(CODES, code) ? CODES[code] : undefined
  scene.trace.note('feature-code', enter === undefined ? 'unknown' : 'known', { code })
  return enter === undefined || scene.facts.canServe === false ? reject('UnknownFeatureCode') : enter(scene, code)
}

/** Of the user who calls, or of the business line. */
function ownBoxOf({ caller, snapshot }: CallScene): RoutingVoicemailBox | undefined {
  if (caller.kind !== 'line') return undefined
  const { voicemailBoxes } = snapshot.services
  if (caller.user !== undefined) return voicemailBoxes.get(caller.user.voicemailBoxId ?? '')
  return [...voicemailBoxes.values()].find(({ businessLineIds }) => businessLineIds?.includes(caller.line.id) === true)
}

function openMailbox(scene: CallScene, code: string, own: RoutingVoicemailBox | undefined): RouteVerdict {
  const { caller } = scene
  const userId = caller.kind === 'line' ? caller.user?.id : undefined
  const service = { kind: 'voicemail-retrieval', boxId: own?.id, skipsPin: own !== undefined && skipsPin(scene, own) } as const
  return { kind: 'serve', service, target: `mailbox:${own?.id ?? ''}`, userId, caller: callerToInside(scene), calledNumber: code, diversion: undefined }
}

/** Only of the own box, and only for a phone that dialed itself: who was transferred to a box is not its owner. */
function skipsPin({ facts, trace }: CallScene, { id, opensToOwnPhones }: RoutingVoicemailBox): boolean {
  const isByPhone = facts.call.direction === 'originating' && facts.call.isByPhone === true
  const outcome =
    opensToOwnPhones !== true ? 'asked: the partition wants it' : isByPhone ? 'not asked: the own phone' : 'asked: no phone of the owner has dialed'
  trace.note('voicemail-pin', outcome, { voicemailBoxId: id })
  return opensToOwnPhones === true && isByPhone
}
