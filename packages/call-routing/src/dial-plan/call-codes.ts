import { lastAttemptAt } from '../call-scene.ts'
import type { CallScene } from '../call-scene.ts'
import { isByPhone, parkCaller, parkOther, retrieveParked } from '../destinations/enter-parking-spot.ts'
import { followDestination } from '../destinations/follow-destination.ts'
import { readWritten } from '../destinations/read-target.ts'
import { depositIn } from '../destinations/voicemail.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import type { RoutingParkingSpot } from '../parking.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { RouteVerdict } from '../route-decision.ts'
import type { MatchedRule } from './dial-plan-rule.ts'
import { lastCallerOf } from './last-caller.ts'
import { openMailbox, ownBoxOf } from './open-mailbox.ts'
import { dialedWith } from './setting-codes.ts'

type Enter = (scene: CallScene, matched: MatchedRule) => RouteVerdict

/** The actions that connect or park a call. */
export const CALL_CODES: Readonly<Record<string, Enter>> = {
  Callback: callBack,
  EnterVoiceMail: enterVoicemail,
  DirectToVoicemail: leaveMessage,
  ParkCall: park,
  ParkCallRetrieval: retrieve,
  CallTrace: traceCall,
}

/** *69: whoever called last is called. */
function callBack(scene: CallScene): RouteVerdict {
  const last = lastCallerOf(scene)
  const destination = last === undefined ? undefined : readWritten(scene.snapshot, last.number, undefined)
  scene.trace.note('callback', destination === undefined ? 'nobody has called who shows a number' : 'calls who called last', { number: last?.number })
  return destination === undefined ? reject('NobodyToCallBack') : followDestination(scene, destination)
}

/** The own box; that of an extension when one follows; any box when the rule says so. */
function enterVoicemail(scene: CallScene, matched: MatchedRule): RouteVerdict {
  if (scene.facts.canServe === false) return reject('UnknownFeatureCode')
  const { rule, ending } = matched
  if (ending === '') return openMailbox(scene, dialedWith(matched), rule.callNumber === 'x' ? undefined : ownBoxOf(scene))
  const box = scene.snapshot.services.voicemailBoxes.get(boxOfExtension(scene, ending) ?? '')
  return box === undefined ? reject('UnknownExtension') : openMailbox(scene, dialedWith(matched), box)
}

/** Straight to the box of an extension, whose phones do not ring. */
function leaveMessage(scene: CallScene, { ending }: MatchedRule): RouteVerdict {
  const called = { calledNumber: ending, diversion: undefined, userId: scene.snapshot.userIdByExtension.get(ending) }
  return (
    depositIn(scene, boxOfExtension(scene, ending), 'direct', called) ?? reject(called.userId === undefined ? 'UnknownExtension' : 'DestinationNotAvailable')
  )
}

function boxOfExtension({ snapshot }: CallScene, extension: string): string | undefined {
  return snapshot.users.get(snapshot.userIdByExtension.get(extension) ?? '')?.voicemailBoxId
}

/** At the spot that follows, or the first free one. A transfer to the code parks who is transferred. */
function park(scene: CallScene, { ending }: MatchedRule): RouteVerdict {
  const spot = ending === '' ? freeSpot(scene) : spotOf(scene, ending)
  if (spot === undefined) return noSpot(scene, ending)
  if (!isByPhone(scene)) return parkCaller(scene, spot, spot.spotNumber)
  if (isTaken(scene, spot)) {
    scene.trace.note('parking', 'somebody waits here already', { spotNumber: spot.spotNumber })
    return reject('SpotTaken')
  }
  return parkOther(scene, spot)
}

/** Whoever waits at the spot that follows, or at the first where somebody does. */
function retrieve(scene: CallScene, { ending }: MatchedRule): RouteVerdict {
  const spot = ending === '' ? spotsOf(scene).find((one) => isTaken(scene, one)) : spotOf(scene, ending)
  if (spot === undefined) return noSpot(scene, ending)
  const taken = retrieveParked(scene, spot)
  if (taken !== undefined) return taken
  scene.trace.note('parking', 'nobody waits here', { spotNumber: spot.spotNumber })
  return reject('SpotEmpty')
}

function noSpot({ trace }: CallScene, ending: string): RouteVerdict {
  trace.note('parking', ending === '' ? 'no spot of the account will do' : 'no spot has that number', { ending })
  return reject(ending === '' ? 'SpotEmpty' : 'UnknownExtension')
}

const spotsOf = ({ snapshot }: CallScene): readonly RoutingParkingSpot[] => [...snapshot.services.parkingSpots.values()]
const spotOf = (scene: CallScene, number: string) => spotsOf(scene).find(({ spotNumber }) => spotNumber === number)
const isTaken = ({ facts, snapshot }: CallScene, spot: RoutingParkingSpot): boolean => facts.calls?.parkedAt(snapshot.accountId, spot.id) !== undefined
const freeSpot = (scene: CallScene) => spotsOf(scene).find((spot) => !isTaken(scene, spot))

/** *57: who called last is put on record, whether he shows a number or not. */
function traceCall(scene: CallScene, matched: MatchedRule): RouteVerdict {
  const { caller, facts, trace } = scene
  const user = caller.kind === 'line' ? caller.user : undefined
  const last = user === undefined ? undefined : facts.calls?.lastCallerOf(user.lineIds)
  trace.note('call-trace', last === undefined ? 'nobody has called' : 'the last call is put on record', { sessionId: last?.sessionId })
  if (user === undefined || last === undefined || facts.canServe === false) return reject('NobodyToCallBack')
  const target = `trace:${last.sessionId}`
  const attempt = lastAttemptAt(target, facts.trail)
  if (attempt !== undefined) return rejectAfterRing(attempt)
  const service = { kind: 'trace-call', userId: user.id, last } as const
  return { kind: 'serve', service, target, userId: user.id, caller: callerToInside(scene), calledNumber: dialedWith(matched), diversion: undefined }
}
