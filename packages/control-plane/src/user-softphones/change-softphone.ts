import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { changeSipCredentials, newSipPassword, type SipLogin, sipCredentialsOf } from '../sip-credentials/index.ts'
import { partitionDefaults } from '../partitions/index.ts'
import { findSoftphone, lockSoftphoneUser, type SoftphoneRow, storeSoftphone } from './softphone-queries.ts'
import { applySoftphone, bringsSoftphone, keepSoftphone, removeSoftphone, softphoneChanged } from './user-softphone.ts'

/** Switches the app of a user off, or on again with a new line and login. */
export function switchSoftphone(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  userId: string,
  enabled: boolean,
): Promise<Result<SoftphoneRow | undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const user = await lockSoftphoneUser(change.sql, scope, userId)
    if (user === undefined) return err(entityNotFound('EndUser', userId))
    const row = await findSoftphone(change.sql, scope, userId)
    if (!bringsSoftphone(user.user_product_plan)) return err(notIncluded())
    const hasIt = row !== undefined && row.line_id !== null
    if (enabled && !hasIt) {
      const refused = await applySoftphone(context, change, scope, user)
      if (refused !== undefined) return err(refused)
    }
    if (!enabled) {
      const refused = row === undefined ? undefined : await removeSoftphone(change, scope, row)
      if (refused !== undefined) return err(refused)
      await storeSoftphone(change.sql, scope, userId, null, change.now)
    }
    return ok(await findSoftphone(change.sql, scope, userId))
  })
}

/** A new password for the app, shown this once; what was registered with the old one is not any more. */
export function renewCredentials(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  userId: string,
): Promise<Result<SipLogin & { readonly lineId: string }, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const lineId = await lineOfUser(context, change, scope, userId)
    if (!lineId.ok) return lineId
    return newPassword(context, change, scope, userId, lineId.value)
  })
}

/** The app of a person who had the user before knows nothing any more; the line stays where others point at it. */
export async function shutOutSoftphone(context: Context, change: Write, scope: AccountScope, userId: string): Promise<ApiFailure | undefined> {
  const lineId = (await findSoftphone(change.sql, scope, userId))?.line_id ?? undefined
  const changed = lineId === undefined ? undefined : await newPassword(context, change, scope, userId, lineId)
  return changed === undefined || changed.ok ? undefined : changed.error
}

async function newPassword(
  context: Context,
  change: Write,
  scope: AccountScope,
  userId: string,
  lineId: string,
): Promise<Result<SipLogin & { readonly lineId: string }, ApiFailure>> {
  const sipPassword = newSipPassword((await partitionDefaults(change.sql, scope)).generatedSipPasswordLength)
  const owner = { type: 'LINE_APPEARANCE', id: lineId } as const
  const changed = await changeSipCredentials(context, change, scope, owner, { sipUsername: undefined, sipPassword })
  if (!changed.ok) return changed
  change.emit(softphoneChanged(scope, userId, lineId, 'credentialschanged'))
  change.afterCommit((later) => later.registrations.dropBindings(lineId))
  const login = (await sipCredentialsOf(change.sql, [lineId])).get(lineId)
  return ok({ lineId, sipUsername: login?.sipUsername ?? '', sipPassword })
}

/** Also for a user who had his plan before plans brought the app. */
async function lineOfUser(context: Context, change: Write, scope: AccountScope, userId: string): Promise<Result<string, ApiFailure>> {
  const user = await lockSoftphoneUser(change.sql, scope, userId)
  if (user === undefined) return err(entityNotFound('EndUser', userId))
  const refused = await keepSoftphone(context, change, scope, user)
  if (refused !== undefined) return err(refused)
  const row = await findSoftphone(change.sql, scope, userId)
  if (row !== undefined && row.line_id !== null) return ok(row.line_id)
  return err(row === undefined ? notIncluded() : inConflict('SoftphoneSwitchedOff', 'The softphone of the user is switched off.'))
}

function notIncluded(): ApiFailure {
  return inConflict('SoftphoneNotIncluded', 'The softphone comes with the plans ADVANCED and PROFESSIONAL.')
}
