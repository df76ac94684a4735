import type { CallScene } from '../call-scene.ts'
import { reject } from '../reject.ts'
import type { Progress, ServiceDestination } from './destination.ts'
import { enterTrunkGroup } from './forward-trunk.ts'
import { enterConference } from './enter-conference.ts'
import { enterFaxLine } from './enter-fax-line.ts'
import { enterMenu } from './enter-menu.ts'
import { enterPaging } from './enter-paging.ts'
import { enterParkingSpot } from './enter-parking-spot.ts'
import { enterQueue } from './enter-queue.ts'
import { enterSupervision } from './enter-supervision.ts'
import { PHONES_OF_USER, ringBack } from './ring-back.ts'
import { enterRingGroup } from './ring-group.ts'
import { enterVoicemail } from './voicemail.ts'

/** What takes a call, by the type a reference names. A new kind is a file and a line here. */
const KINDS: Readonly<Record<string, (scene: CallScene, destination: ServiceDestination) => Progress>> = {
  VOICEMAIL: enterVoicemail,
  VOICEMAIL_BOX: enterVoicemail,
  CALL_QUEUE: enterQueue,
  CONFERENCE_ROOM: enterConference,
  VFAX: enterFaxLine,
  PAGING_GROUP: enterPaging,
  CALL_PARKING_SPOT: enterParkingSpot,
  LIVE_CALL: enterSupervision,
  IVR: enterMenu,
  AUTO_ATTENDANT: enterMenu,
  BUSY: () => ({ verdict: reject('UserBusy') }),
  HUNT_GROUP: enterRingGroup,
  LINE_HUNTGROUP: enterRingGroup,
  BUSINESS_LINE_HUNT_GROUP: enterRingGroup,
  CALL_GROUP: enterRingGroup,
  SIP_TRUNK_GROUP: enterTrunkGroup,
  [PHONES_OF_USER]: (scene, destination) => ({ verdict: ringBack(scene, destination) }),
}

export function enterService(scene: CallScene, destination: ServiceDestination): Progress {
  const { referenceType } = destination.to
  const enter = Object.hasOwn(KINDS, referenceType) ? KINDS[referenceType] : undefined
  if (enter !== undefined) return enter(scene, destination)
  scene.trace.note('destination', 'this kind of destination does not take calls yet', { referenceType })
  return { verdict: reject('DestinationNotAvailable') }
}
