import { ok } from '@dialtone/foundation'
import Type from 'typebox'
import { type Operation, partitionOperation } from '../http/index.ts'
import { explainRouting } from './explain-routing.ts'
import { ExplanationView, explanationView } from './explanation-view.ts'

/** As for dialing: nobody dials more than that. */
const LONGEST_DIALED = 64

export const routingExplanationOperations: readonly Operation[] = [
  partitionOperation({
    method: 'POST',
    path: '/v2/partition/:partitionId/routing/explain',
    tag: 'Routing',
    summary: 'Why a call would go where it goes: the decisions of the switch, without a call',
    requires: { permission: 'AccountCallHistory', level: 'READ' },
    body: Type.Object({
      /** SIP user name, line id, user id, extension, telephone number or `anonymous`. */
      from: Type.String({ minLength: 1, maxLength: LONGEST_DIALED }),
      /** As it would be dialed. */
      to: Type.String({ minLength: 1, maxLength: LONGEST_DIALED }),
      /** Where an extension is of several accounts. */
      accountId: Type.Optional(Type.String({ maxLength: 64 })),
      /** The name an outside caller shows. */
      fromName: Type.Optional(Type.String({ maxLength: 64 })),
      /** For schedules; now when it is left out. */
      at: Type.Optional(Type.String({ maxLength: 40 })),
      /** By the rules and objects of that time, 30 days back; `at` is the same time then, unless it is given. */
      asOf: Type.Optional(Type.String({ maxLength: 40 })),
    }),
    responses: { 200: ExplanationView },
    handle: async (context, { scope, body }) => {
      const explained = await explainRouting(context, scope, body)
      if (!explained.ok) return explained
      return ok({ status: 200, body: explanationView(body, explained.value, context.clock.nowMs()) })
    },
  }),
]
