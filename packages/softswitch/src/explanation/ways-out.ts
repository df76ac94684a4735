import type { CallTarget, ServeVerdict } from '@dialtone/call-routing'
import { callFailure, routingFailure } from '../calls/call-failure.ts'
import { failurePromptOf } from '../calls/failure-prompt.ts'
import type { ExplainedDecision, ExplainedOutcome } from '../ports/call-explanation.ts'

/** Of a menu with more components the first are explained. */
const MOST_WAYS = 40

/** `goesOn`: whoever cannot be had there is not told, for something else follows. */
type WayOut = Pick<ExplainedOutcome, 'after'> & { readonly to: CallTarget; readonly goesOn?: true }

/** Where a caller may go on to from what the platform has taken: the overflow of a queue or a parking spot, what the keys of a menu lead to. */
export function waysOutOf({ service }: ServeVerdict): readonly WayOut[] {
  const overflow = service.kind === 'queue' ? service.queue.overflow : service.kind === 'park' ? service.spot.overflow : undefined
  if (overflow !== undefined) return [{ after: 'overflow', to: overflow }]
  if (service.kind !== 'menu') return []
  const ways = Object.values(service.menu.steps).flatMap((step): WayOut[] => {
    const after = `component:${step.id}` as const
    if (step.kind === 'go') return [{ after, to: step.to }]
    return step.kind === 'ring' ? [{ after, to: step.to, goesOn: true }] : []
  })
  return ways.slice(0, MOST_WAYS)
}

/** What the caller hears when a way out leads to nobody; undefined: it leads to somebody. */
export function wordsAfter(last: ExplainedDecision | undefined): string | undefined {
  if (last === undefined) return undefined
  const { verdict, paid } = last
  if (verdict.kind === 'reject') return failurePromptOf(routingFailure(verdict.code, verdict.statusCode, verdict.reasonPhrase))
  if (verdict.kind !== 'carrier' && verdict.kind !== 'on-net') return undefined
  const refusal = paid?.find((leg) => leg.refusal !== undefined)?.refusal
  return refusal === undefined ? undefined : failurePromptOf(callFailure(refusal.code))
}
