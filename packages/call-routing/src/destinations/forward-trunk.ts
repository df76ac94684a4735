import type { CallTarget } from '../account-services.ts'
import type { CallScene } from '../call-scene.ts'
import { reject } from '../reject.ts'
import type { Diversion, RejectVerdict, RouteVerdict } from '../route-decision.ts'
import type { RoutingTrunkForwards } from '../trunk-forwards.ts'
import type { Destination, LineDestination, Progress, ServiceDestination } from './destination.ts'
import { goOnTo } from './go-on-to.ts'
import type { SentOn } from './go-on-to.ts'
import { readTarget } from './read-target.ts'
import { isTrunkLine, ringTrunk } from './ring-trunk.ts'
import type { TrunkLine } from './ring-trunk.ts'

/** What a trunk that did not take the call means to the rules: whoever is busy or declines has been reached. */
type Refusal = 'capacity' | 'failure' | 'answered'

/** A trunk with rules of its own: always elsewhere, or what follows when it is full or cannot be had (public-spec section 11). */
export function ringTrunkWithForwards(scene: CallScene, line: TrunkLine, forwards: RoutingTrunkForwards, destination: LineDestination): Progress {
  const from = { id: line.id, calledNumber: destination.calledNumber, payer: { lineId: line.id } }
  if (forwards.always !== undefined)
    return goOnTo(scene, forwards.always, { ...from, reason: 'always' }, { target: '', outcome: 'unregistered', statusCode: 480 })
  const progress = ringTrunk(scene, line, destination)
  const verdict = refusalIn(progress)
  return verdict === undefined ? progress : afterRefusal(scene, forwards, from, meaningOf(verdict), verdict)
}

/** The trunks of a group in their order, whatever rules they have of their own; then the rules of the group. */
export function enterTrunkGroup(scene: CallScene, destination: ServiceDestination): Progress {
  const { snapshot, trace } = scene
  const { referenceId } = destination.to
  const group = snapshot.services.trunkGroups.get(referenceId)
  if (group === undefined) {
    trace.note('trunk-group', 'does not exist', { groupId: referenceId })
    return { verdict: reject('DestinationNotAvailable') }
  }
  const { calledNumber, diversion } = destination
  const from = { id: group.id, calledNumber }
  trace.note('trunk-group', 'its trunks in order', { groupId: group.id, name: group.name, trunkIds: group.trunkIds })
  if (group.forwards.always !== undefined)
    return goOnTo(scene, group.forwards.always, { ...from, reason: 'always' }, { target: '', outcome: 'unregistered', statusCode: 480 })
  let last: RejectVerdict = reject('Unregistered')
  let isFull = group.trunkIds.length > 0
  for (const lineId of group.trunkIds) {
    const line = snapshot.lines.get(lineId)
    if (!isTrunkLine(line)) continue
    const progress = ringTrunk(scene, line, { kind: 'line', lineId, calledNumber, diversion })
    const verdict = refusalIn(progress)
    if (verdict === undefined || meaningOf(verdict) === 'answered') return progress
    isFull &&= meaningOf(verdict) === 'capacity'
    last = verdict
  }
  return afterRefusal(scene, group.forwards, from, isFull ? 'capacity' : 'failure', last)
}

function refusalIn(progress: Progress): RejectVerdict | undefined {
  const verdict: RouteVerdict | undefined = 'verdict' in progress ? progress.verdict : undefined
  return verdict?.kind === 'reject' ? verdict : undefined
}

function meaningOf({ code }: RejectVerdict): Refusal {
  if (code === 'TrunkFull') return 'capacity'
  return code === 'Unregistered' || code === 'DestinationFailed' || code === 'NoAnswer' ? 'failure' : 'answered'
}

function afterRefusal(
  scene: CallScene,
  forwards: RoutingTrunkForwards,
  from: Pick<SentOn, 'id' | 'calledNumber' | 'payer'>,
  refusal: Refusal,
  otherwise: RejectVerdict,
): Progress {
  const { trace, snapshot } = scene
  if (refusal === 'answered') {
    trace.note('trunk-forward', 'somebody was reached: no rule is followed', { id: from.id, code: otherwise.code })
    return { verdict: otherwise }
  }
  const targets = refusal === 'capacity' ? forwards.onCapacityExceeded : forwards.onFailure
  trace.note('trunk-forward', refusal === 'capacity' ? 'all call paths are taken' : 'cannot be had', { id: from.id, code: otherwise.code, targets })
  const reason = refusal === 'capacity' ? 'busy' : 'unregistered'
  const diversion: Diversion = { userId: from.id, number: from.calledNumber, reason, ...(from.payer === undefined ? {} : { payer: from.payer }) }
  const firstOf = upToBusy(targets).flatMap((to): Destination[] => {
    const next = readTarget(snapshot, to, { calledNumber: from.calledNumber, diversion })
    return next === undefined ? [] : [next]
  })
  return { firstOf, otherwise }
}

/** Busy is an answer: what stands behind it is never reached. */
function upToBusy(targets: readonly CallTarget[]): readonly CallTarget[] {
  const busy = targets.findIndex(({ referenceType }) => referenceType === 'BUSY')
  return busy === -1 ? targets : targets.slice(0, busy + 1)
}
