import { err, ok, type Result } from '@dialtone/foundation'
import type { AccountScope, Actor } from '../access/index.ts'
import { configuredObject, findObject, reviseObject } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { FORWARD_CONFIGURATIONS, type ForwardConfiguration } from './forward-configuration.ts'
import type { HuntGroup } from './hunt-group.ts'
import { huntGroups } from './hunt-group-routes.ts'

export interface ForwardSwitch {
  readonly configurationId: string
  readonly isOn: boolean
  /** Dialed behind the star code; undefined: the one it has. */
  readonly forwardToPhoneNumber: string | undefined
}

/** A phone has dialed the star code of a forward: all calls of the group follow it now, or ring the lines again. */
export function switchForward(
  context: Context,
  actor: Actor,
  scope: AccountScope,
  { configurationId: id, isOn, forwardToPhoneNumber: number }: ForwardSwitch,
): Promise<Result<undefined, ApiFailure>> {
  return write(context, actor, async (change) => {
    await lockAccount(change.sql, scope)
    const row = await findObject(change.sql, scope, { type: 'FORWARD_CONFIGURATION', id })
    if (row === undefined) return err(entityNotFound('ForwardConfiguration', id))
    const { huntGroupId } = configuredObject<ForwardConfiguration>(row).attributes
    if (number !== undefined) {
      const dialed = await reviseObject(change, scope, FORWARD_CONFIGURATIONS, id, (before) => ok({ ...before, forwardToPhoneNumber: number }))
      if (!dialed.ok) return dialed
    }
    const switched = await reviseObject(
      change,
      scope,
      huntGroups,
      huntGroupId,
      ({ activeForwardConfigurationId: active, ...group }): Result<HuntGroup, ApiFailure> => {
        if (isOn) return ok({ ...group, activeForwardConfigurationId: id })
        return ok(active === undefined || active === id ? group : { ...group, activeForwardConfigurationId: active })
      },
    )
    return switched.ok ? ok(undefined) : switched
  })
}
