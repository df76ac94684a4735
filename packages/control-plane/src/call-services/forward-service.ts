import type { ServiceAnswer, ServiceQuestion, ServiceTenant } from '@dialtone/softswitch'
import { SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import { switchForward } from '../business-line-hunt-groups/index.ts'
import type { Context } from '../context.ts'

/** A phone has dialed the star code of a hunt group's forward. */
export async function askForward(
  context: Context,
  { partitionId, accountId }: ServiceTenant,
  { configurationId, isOn, forwardTo }: Extract<ServiceQuestion, { kind: 'forward.switch' }>,
): Promise<ServiceAnswer> {
  const wanted = { configurationId, isOn, forwardToPhoneNumber: forwardTo }
  const switched = await switchForward(context, SYSTEM_ACTOR, systemScope(partitionId, accountId), wanted)
  return { kind: 'done', ok: switched.ok }
}
