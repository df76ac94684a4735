import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, hashGeneratedSecret, hashPassword, type Principal } from '../access/index.ts'
import { addObject } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict, invalidFields } from '../failures/index.ts'
import { queueMessage } from '../messages/index.ts'
import { shutOutSoftphone } from '../user-softphones/index.ts'
import { setPin, unlockPin } from '../voicemail-boxes/index.ts'
import { DEFAULT_CALL_HANDLING, DEFAULT_CALL_SCREENING, DEFAULT_CALLER_ID } from './call-handling.ts'
import { owningAccount, takenValue } from './create-end-user.ts'
import { endUserProblems, withDefaults } from './end-user.ts'
import { attributesOf } from './end-user-attributes.ts'
import { userHappened } from './end-user-events.ts'
import { type EndUserRow, insertVoicemailBox, lockEndUser, updateEndUserRow } from './end-user-queries.ts'
import { removeOwnBox, reregisterUser } from './registered-user.ts'
import { refusedByAuthority } from './user-authority.ts'
import { newTemporaryPassword, passwordResetMessage, welcomeMessage } from './welcome-message.ts'

/** What is dialed after a reset; it has to be changed at the next access (public-spec section 8). */
const RESET_PIN = '1234'
const MAX_WELCOMES = 10_000

/** A new person takes a user's place. */
export interface NewPerson {
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly emailAddress?: string | undefined
  readonly username?: string | undefined
  readonly blockEmail?: boolean | undefined
}

/**
 * Gives a user to another person: devices, numbers, extension and plans stay, everything of the old person goes
 * (call handling, screening, schedules, voicemail box, password, sessions).
 */
export async function repurposeEndUser(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  userId: string,
  person: NewPerson,
): Promise<Result<EndUserRow, ApiFailure>> {
  if (principal.userId === userId) return err(inConflict('CannotRepurposeOneself', 'Nobody gives his own user away.'))
  const temporaryPassword = newTemporaryPassword()
  const passwordHash = hashGeneratedSecret(temporaryPassword)
  try {
    return await write(context, actorOf(principal), async (change) => {
      const account = await lockAccount(change.sql, scope)
      const stored = await lockEndUser(change.sql, scope, userId)
      if (account === undefined || stored === undefined) return err(entityNotFound('EndUser', userId))
      const before = attributesOf(stored)
      const boxId = await newBox(change, scope, person)
      const { callerIdNumber } = before.callerIdConfig
      const after = withDefaults(
        {
          ...before,
          ...person,
          mediaFriends: undefined,
          callerIdConfig: { ...DEFAULT_CALLER_ID, ...(callerIdNumber === undefined ? {} : { callerIdNumber }) },
          callHandlingSettings: DEFAULT_CALL_HANDLING,
          callScreeningSettings: DEFAULT_CALL_SCREENING,
          callHandlingSchedules: [],
          pinLockedOut: false,
          voicemailBoxId: boxId,
        },
        owningAccount(account),
      )
      const problems = endUserProblems(after, owningAccount(account))
      if (problems.length > 0) return err(invalidFields(problems))
      const beyond = refusedByAuthority(principal, userId, before, after)
      if (beyond !== undefined) return err(beyond)
      await updateEndUserRow(change.sql, scope, userId, after, change.now)
      const isWelcomed = after.allowPortalAccess && !after.blockEmail && account.send_welcome_email
      const row = await setLogin(change, userId, {
        password_hash: isWelcomed ? passwordHash : null,
        must_change_password: true,
        welcome_email_sent_at: isWelcomed ? change.now : null,
        own_voicemail_box_id: boxId,
        voicemail_pin_hash: null,
        voicemail_pin_must_change: true,
      })
      const refused =
        (await reregisterUser(change, scope, row)) ??
        (await removeOwnBox(context, change, scope, stored)) ??
        (await shutOutSoftphone(context, change, scope, userId))
      if (refused !== undefined) return err(refused)
      if (isWelcomed) await queueMessage(change.sql, welcomeMessage(row, temporaryPassword), change.now)
      change.emit(userHappened(row, 'user.repurposed', { historyType: 'USER', oldValue: before, newValue: attributesOf(row) }))
      return ok(row)
    })
  } catch (error) {
    return err(takenValue(error, person))
  }
}

/** Sends a temporary password; the old one and all sessions end at once (S1-51). */
export async function resetPassword(context: Context, principal: Principal, scope: AccountScope, userId: string): Promise<Result<EndUserRow, ApiFailure>> {
  const temporaryPassword = newTemporaryPassword()
  const passwordHash = hashGeneratedSecret(temporaryPassword)
  return write(context, actorOf(principal), async (change) => {
    const stored = await lockEndUser(change.sql, scope, userId)
    if (stored === undefined) return err(entityNotFound('EndUser', userId))
    const unreachable = unreachableBy(stored)
    if (unreachable !== undefined) return err(unreachable)
    const row = await setLogin(change, userId, { password_hash: passwordHash, must_change_password: true })
    await queueMessage(change.sql, passwordResetMessage(row, temporaryPassword), change.now)
    change.emit(userHappened(row, 'user.passwordreset', { historyType: 'USER', newValue: { mustChangePassword: true } }))
    return ok(row)
  })
}

/** The welcome mail again, with a new temporary password, for somebody who never used the first one. */
export async function sendWelcomeEmail(context: Context, principal: Principal, scope: AccountScope, userId: string): Promise<Result<EndUserRow, ApiFailure>> {
  const temporaryPassword = newTemporaryPassword()
  const passwordHash = hashGeneratedSecret(temporaryPassword)
  return write(context, actorOf(principal), async (change) => {
    const stored = await lockEndUser(change.sql, scope, userId)
    if (stored === undefined) return err(entityNotFound('EndUser', userId))
    const unreachable = unreachableBy(stored)
    return unreachable === undefined ? ok(await welcome(change, userId, passwordHash, temporaryPassword)) : err(unreachable)
  })
}

async function welcome(change: Write, userId: string, passwordHash: string, temporaryPassword: string): Promise<EndUserRow> {
  const row = await setLogin(change, userId, { password_hash: passwordHash, must_change_password: true, welcome_email_sent_at: change.now })
  await queueMessage(change.sql, welcomeMessage(row, temporaryPassword), change.now)
  change.emit(userHappened(row, 'user.welcomed', { historyType: 'USER', newValue: { welcomeEmailSent: change.now } }))
  return row
}

/** Opens a voicemail box after too many wrong PINs. @param resetPin also sets the PIN everybody knows, to be changed at the next access. */
export async function unlockVoicemail(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  userId: string,
  resetPin: boolean,
): Promise<Result<EndUserRow, ApiFailure>> {
  const pinHash = resetPin ? await hashPassword(RESET_PIN) : undefined
  return write(context, actorOf(principal), async (change) => {
    const stored = await lockEndUser(change.sql, scope, userId)
    if (stored === undefined) return err(entityNotFound('EndUser', userId))
    const pin = pinHash === undefined ? {} : { voicemail_pin_hash: pinHash, voicemail_pin_must_change: true }
    // The box keeps its own count of wrong PINs; reset, it answers to the first one again.
    const boxId = stored.voicemail_box_id
    if (boxId !== null) await (resetPin ? setPin(change.sql, scope, boxId, undefined) : unlockPin(change.sql, scope, boxId))
    const row = await change.sql
      .updateTable('end_user')
      .set({ pin_locked_out: false, ...pin })
      .where('id', '=', userId)
      .returningAll()
      .executeTakeFirstOrThrow()
    change.emit(
      userHappened(row, 'user.voicemailunlocked', {
        historyType: 'VOICEMAIL',
        oldValue: { pinLockedOut: stored.pin_locked_out },
        newValue: { pinLockedOut: false, pinReset: resetPin },
      }),
    )
    return ok(row)
  })
}

async function newBox(change: Write, scope: AccountScope, { firstName = '', lastName = '' }: NewPerson): Promise<string> {
  const name = `${firstName} ${lastName}`
  const id = await insertVoicemailBox(change.sql, scope, name, change.now)
  await addObject(change, scope, { type: 'VOICEMAIL_BOX', id, name })
  return id
}

type Login = Pick<EndUserRow, 'password_hash' | 'must_change_password'> &
  Partial<Pick<EndUserRow, 'welcome_email_sent_at' | 'own_voicemail_box_id' | 'voicemail_pin_hash' | 'voicemail_pin_must_change'>>

/** Whoever was logged in with the old password is not any more. */
async function setLogin(change: Write, userId: string, login: Login): Promise<EndUserRow> {
  await change.sql.deleteFrom('session_token').where('user_id', '=', userId).execute()
  return change.sql.updateTable('end_user').set(login).where('id', '=', userId).returningAll().executeTakeFirstOrThrow()
}

/** Mails with a login go to who may log in and has an address. */
function unreachableBy(user: EndUserRow): ApiFailure | undefined {
  if (!user.allow_portal_access) return inConflict('PortalAccessRequired', 'The user has no access to the portal.', { allowPortalAccess: false })
  if (user.email_address === null) return inConflict('EmailAddressRequired', 'The user has no e-mail address.')
  return undefined
}

/** Welcomes everybody of an account who may log in and has an address. @returns how many mails went out. */
export async function sendWelcomeEmails(context: Context, principal: Principal, scope: AccountScope): Promise<Result<number, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const users = await change.sql
      .selectFrom('end_user')
      .select('id')
      .where('account_id', '=', scope.accountId)
      .where('partition_id', '=', scope.partitionId)
      .where('allow_portal_access', '=', true)
      .where('email_address', 'is not', null)
      .orderBy('id')
      .limit(MAX_WELCOMES)
      .forUpdate()
      .execute()
    for (const { id } of users) {
      const temporaryPassword = newTemporaryPassword()
      await welcome(change, id, hashGeneratedSecret(temporaryPassword), temporaryPassword)
    }
    return ok(users.length)
  })
}
