import { offNetCategoryOf } from '../carrier-selection/call-category.ts'
import { rejectAfterCarrier } from '../carrier-selection/carrier-answer.ts'
import { selectCarriers } from '../carrier-selection/select-carriers.ts'
import type { CallScene } from '../call-scene.ts'
import { callerToOutside } from '../originating/caller-identity.ts'
import { reject } from '../reject.ts'
import type { Diversion, RouteVerdict } from '../route-decision.ts'
import type { RoutingNumber } from '../routing-snapshot.ts'
import type { NumberDestination, Progress, ShortCodeDestination } from './destination.ts'
import { readTarget } from './read-target.ts'

/** A number: of this account, of another account in the partition (on-net), or anybody's (off-net). */
export function dialNumber(scene: CallScene, destination: NumberDestination): Progress {
  const { facts, snapshot, trace } = scene
  const { number, diversion } = destination
  const own = snapshot.numbers.get(number)
  if (own !== undefined) return answerOwnNumber(scene, own, diversion)
  const owner = facts.ownerOf(number)
  if (owner !== undefined && owner.accountId === snapshot.accountId) {
    trace.note('number', 'of this account, but not in this snapshot', { number, version: snapshot.version })
    return { verdict: reject('UnknownNumber') }
  }
  if (owner !== undefined && owner.partitionId === snapshot.partitionId) {
    trace.note('number', 'on-net: another account of the partition', { number, accountId: owner.accountId })
    const { partitionId, accountId } = owner
    return { verdict: { kind: 'on-net', partitionId, accountId, number, caller: callerToOutside(scene), diversion } }
  }
  // Numbers of another partition are none of ours to see: they are reached as the rest of the world reaches them.
  trace.note('number', 'off-net', { number })
  return { verdict: dialCarriers(scene, number, diversion) }
}

export function dialShortCode(scene: CallScene, destination: ShortCodeDestination): Progress {
  return { verdict: dialCarriers(scene, destination.digits, undefined) }
}

function answerOwnNumber(scene: CallScene, own: RoutingNumber, diversion: Diversion | undefined): Progress {
  const { snapshot, trace } = scene
  const { number, operationalStatus, referenceType, referenceId } = own
  if (operationalStatus === 'STAGED') {
    trace.note('number', 'staged: not yet in service here', { number })
    return { verdict: reject('StagedNumber') }
  }
  if (referenceType === undefined || referenceId === undefined) {
    trace.note('number', 'refers to nothing: busy', { number })
    return { verdict: reject('UnassignedNumber') }
  }
  trace.note('number', 'of this account', { number, referenceType, referenceId })
  const next = readTarget(snapshot, { referenceType, referenceId }, { calledNumber: number, diversion })
  return next === undefined ? { verdict: reject('DestinationNotAvailable') } : { next, forwarded: false }
}

function dialCarriers(scene: CallScene, number: string, diversion: Diversion | undefined): RouteVerdict {
  const { snapshot, trace } = scene
  const selection = selectCarriers(scene, number)
  const category = offNetCategoryOf(number)
  switch (selection.kind) {
    case 'try':
      trace.note('carriers', 'in this order', { carrierIds: selection.carrierIds, category })
      return { kind: 'carrier', carrierIds: selection.carrierIds, number, caller: callerToOutside(scene), category, diversion, ...chargeOf(scene) }
    case 'ended':
      trace.note('carriers', 'no other carrier is tried after this answer', { ...selection.attempt })
      return rejectAfterCarrier(selection.attempt)
    case 'none':
      trace.note('carriers', 'none can take the call', { known: snapshot.carriers.length })
      return reject('NoCarrier')
  }
}

/** A trunk's own wish whom to charge, as long as the number is the account's. */
function chargeOf({ caller, snapshot, trace }: CallScene): { readonly chargeNumber?: string } {
  const chargeNumber = caller.kind === 'line' ? caller.line.trunk?.chargeNumber : undefined
  if (chargeNumber === undefined || !snapshot.numbers.has(chargeNumber)) return {}
  trace.note('charge-number', "the trunk's external charge number", { chargeNumber })
  return { chargeNumber }
}
