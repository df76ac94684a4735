import type { SettingChange } from '@dialtone/call-routing'
import { err, ok, type Result } from '@dialtone/foundation'
import type { AccountScope } from '../access/index.ts'
import { updateAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { withForwarding } from './call-forwarding.ts'
import { CallScreeningSettings } from './call-handling.ts'
import type { EndUserAttributes, EndUserRequest } from './end-user.ts'
import { findEndUser } from './end-user-queries.ts'
import { checkSchema } from '../http/index.ts'
import { updateEndUser } from './update-end-user.ts'
import { userAtPhone } from './user-at-phone.ts'

type Screening = Extract<SettingChange, { setting: 'screening' }>

/** A user has dialed the code for it: the same change as by himself over HTTP, with its history and its event. */
export async function switchUserSetting(context: Context, scope: AccountScope, userId: string, change: SettingChange): Promise<Result<undefined, ApiFailure>> {
  const row = await findEndUser(context.database.sql, scope, userId)
  if (row === undefined) return err(entityNotFound('EndUser', userId))
  const principal = userAtPhone(row)
  const switched: Result<unknown, ApiFailure> =
    change.setting === 'screening' && change.of === 'account'
      ? await updateAccount(context, principal, scope, (before) => {
          const screened = withScreening(before.callScreeningSettings ?? {}, change)
          return screened.ok ? ok({ ...before, callScreeningSettings: screened.value }) : screened
        })
      : await updateEndUser(context, principal, scope, userId, (before) => withChange(before, change))
  return switched.ok ? ok(undefined) : switched
}

function withChange(before: EndUserAttributes, change: SettingChange): Result<EndUserRequest, ApiFailure> {
  switch (change.setting) {
    case 'forward': {
      const forward = { enabled: change.isOn, ...(change.to === undefined ? {} : { forwardToNumber: change.to }) }
      const name = ({ always: 'always', busy: 'busy', 'no-answer': 'noAnswer', unregistered: 'unregistered' } as const)[change.when]
      return ok(withForwarding(before, { [name]: forward }))
    }
    case 'do-not-disturb':
      return ok({ ...before, callHandlingSettings: { ...before.callHandlingSettings, doNotDisturbEnabled: change.isOn } })
    case 'call-waiting':
      return ok({ ...before, callHandlingSettings: { ...before.callHandlingSettings, callWaitingEnabled: change.isOn } })
    case 'screening': {
      const screened = withScreening(before.callScreeningSettings, change)
      return screened.ok ? ok({ ...before, callScreeningSettings: screened.value }) : screened
    }
  }
}

/** @param before what is stored; what it leaves out is as for a new user (S1-59) */
function withScreening(before: object, { callers, action }: Screening): Result<CallScreeningSettings, ApiFailure> {
  const complete = checkSchema(CallScreeningSettings, before)
  if (!complete.ok) return complete
  const settings = complete.value
  if (callers === 'anonymous') return ok({ ...settings, anonymousCallScreen: action })
  if (callers === 'others') return ok({ ...settings, defaultCallScreen: action })
  const others = (settings.customCallScreenList ?? []).filter(
    ({ telephoneNumber }) => telephoneNumber.replaceAll(/\D/g, '').replace(/^(?=\d{10}$)/, '1') !== callers,
  )
  const ring = action === 'VipRing' ? ({ ringType: 'Ring1' } as const) : {}
  return ok({ ...settings, customCallScreenList: [...others, { telephoneNumber: callers, blockType: action, ...ring }] })
}
