import type { ServiceOrder } from '@dialtone/call-routing'
import { autoAnswerHeaders } from '../features/auto-answer.ts'
import { planRing } from '../features/plan-ring.ts'
import { PageRun } from '../paging/page-run.ts'
import type { Page } from '../services/service-run.ts'
import type { CallContext } from './call-context.ts'

type Order = Extract<ServiceOrder, { kind: 'page' }>

/** More devices than lines: one line may be registered by several. */
const MAX_PAGED_PHONES = 100

/** Calls the phones of a page, for the caller of this call to speak to. */
export function beginPage(call: CallContext, order: Order, told: { readonly live: (mixId: string) => void; readonly over: () => void }): Page {
  const { needs, state, maxForwards } = call
  const { sessionId, service } = state
  const mixId = `page:${sessionId}`
  const { caller = { number: '', name: '', anonymous: true }, calledNumber = '', target = '' } = service ?? {}
  const { lineIds, pageType } = order
  const plans = planRing(
    { kind: 'ring', lineIds, userId: undefined, target, timeoutMs: undefined, caller, calledNumber, diversion: undefined },
    { realm: needs.realm, maxForwards, bindingsOf: needs.bindingsOf, more: autoAnswerHeaders(pageType, needs.publicAddress) },
  )
  const page = new PageRun(needs, {
    sessionId,
    mixId,
    type: pageType,
    plans: plans.slice(0, MAX_PAGED_PHONES),
    live: () => told.live(mixId),
    over: told.over,
    told: (phone) => call.dispatch({ type: 'paged', ...phone }),
  })
  page.start()
  return page
}
