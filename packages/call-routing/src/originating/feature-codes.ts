import type { CallScene } from '../call-scene.ts'
import { reject } from '../reject.ts'
import type { RouteVerdict } from '../route-decision.ts'
import { callerToInside } from './caller-identity.ts'

type Enter = (scene: CallScene, code: string) => RouteVerdict

/** Star codes of every account (public-spec section 12). */
const CODES: Readonly<Record<string, Enter>> = {
  // EnterVoiceMail: the own box.
  '*97': (scene, code) => openMailbox(scene, code, scene.caller.kind === 'line' ? scene.caller.user?.voicemailBoxId : undefined),
  // Any box: the caller says which.
  '*98': (scene, code) => openMailbox(scene, code, undefined),
}

/** @param code `*` and digits, as dialed */
export function enterFeatureCode(scene: CallScene, code: string): RouteVerdict {
  const enter = Object.hasOwn(CODES, code) ? CODES[code] : undefined
  scene.trace.note('feature-code', enter === undefined ? 'unknown' : 'known', { code })
  return enter === undefined || scene.facts.canServe === false ? reject('UnknownFeatureCode') : enter(scene, code)
}

function openMailbox(scene: CallScene, code: string, boxId: string | undefined): RouteVerdict {
  const { caller, snapshot } = scene
  const known = boxId !== undefined && snapshot.services.voicemailBoxes.has(boxId) ? boxId : undefined
  const lineId = caller.kind === 'line' ? caller.line.id : undefined
  const userId = caller.kind === 'line' ? caller.user?.id : undefined
  const service = { kind: 'voicemail-retrieval', boxId: known, lineId } as const
  return { kind: 'serve', service, target: `mailbox:${known ?? ''}`, userId, caller: callerToInside(scene), calledNumber: code, diversion: undefined }
}
