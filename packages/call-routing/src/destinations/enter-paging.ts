import type { CallScene } from '../call-scene.ts'
import { lastAttemptAt } from '../call-scene.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import { outranks } from '../paging-group.ts'
import type { RoutingPagingGroup } from '../paging-group.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { Progress, ServiceDestination } from './destination.ts'
import { isCallingForHelp } from './own-phones.ts'

/** More phones are a matter for multicast in their own network. */
const MAX_PAGED_LINES = 100

type PassedOver =
  | 'it is the one that calls'
  | 'out of service'
  | 'not registered'
  | 'in a page'
  | 'in a call'
  | 'calls for help'
  | 'does not want to be disturbed'

/** Of phones that are there. */
const BUSY: readonly PassedOver[] = ['in a page', 'in a call', 'calls for help', 'does not want to be disturbed']

/**
 * Somebody speaks to many phones (S0-49). Which of them it reaches is decided here: STANDARD and PRIORITY pass over phones in a call and users who do not
 * want to be disturbed, EMERGENCY only those that call 911; a phone hears one page at a time, and the higher one.
 */
export function enterPaging(scene: CallScene, { to, calledNumber, diversion }: ServiceDestination): Progress {
  const { facts, snapshot, trace } = scene
  const group = snapshot.services.pagingGroups.get(to.referenceId)
  if (group === undefined || facts.canServe === false) {
    trace.note('paging', group === undefined ? 'does not exist' : 'skipped: this switch has no services', { pagingGroupId: to.referenceId })
    return { verdict: reject('DestinationNotAvailable') }
  }
  const target = `page:${group.id}`
  const attempt = lastAttemptAt(target, facts.trail)
  if (attempt !== undefined) return { verdict: rejectAfterRing(attempt) }
  const { id: pagingGroupId, name, type: pageType } = group
  const lines = linesOf(scene, group).map((lineId) => ({ lineId, why: passedOver(scene, group, lineId) }))
  const skipped = lines.filter(({ why }) => why !== undefined)
  if (skipped.length > 0) trace.note('paging.passed-over', 'these phones do not hear it', { pagingGroupId, lines: skipped })
  const heard = lines.flatMap(({ lineId, why }) => (why === undefined ? [lineId] : []))
  const lineIds = heard.slice(0, MAX_PAGED_LINES)
  if (lineIds.length === 0) {
    trace.note('paging', 'no phone can be reached', { pagingGroupId, name, pageType })
    const isBusy = skipped.some(({ why }) => why !== undefined && BUSY.includes(why))
    return { verdict: reject(isBusy ? 'UserBusy' : 'Unregistered') }
  }
  trace.note('paging', heard.length > lineIds.length ? 'speaks to the first of them: there are too many' : 'speaks to them', {
    pagingGroupId,
    name,
    pageType,
    lineIds,
  })
  const service = { kind: 'page', pagingGroupId, pageType, lineIds } as const
  return { verdict: { kind: 'serve', service, target, userId: undefined, caller: callerToInside(scene), calledNumber, diversion } }
}

/** Each line once, in the order of the members. */
function linesOf({ snapshot }: CallScene, { members }: RoutingPagingGroup): readonly string[] {
  return [...new Set(members.flatMap(({ kind, id }) => (kind === 'line' ? [id] : (snapshot.users.get(id)?.lineIds ?? []))))]
}

function passedOver(scene: CallScene, { type }: RoutingPagingGroup, lineId: string): PassedOver | undefined {
  const { snapshot, facts, caller } = scene
  const line = snapshot.lines.get(lineId)
  if (caller.kind === 'line' && caller.line.id === lineId) return 'it is the one that calls'
  if (line?.adminState !== 'ACTIVE') return 'out of service'
  if (facts.isRegistered?.(lineId) === false) return 'not registered'
  // A phone that answers by itself would put the other call on hold.
  if (isCallingForHelp(scene, lineId)) return 'calls for help'
  const page = facts.pageAt?.(lineId)
  if (page !== undefined && !outranks(type, page)) return 'in a page'
  if (type === 'EMERGENCY') return undefined
  if ((facts.activeCallsOf?.(lineId) ?? 0) > 0) return 'in a call'
  const user = line.userId === undefined ? undefined : snapshot.users.get(line.userId)
  return user?.callHandling.doNotDisturbEnabled === true ? 'does not want to be disturbed' : undefined
}
