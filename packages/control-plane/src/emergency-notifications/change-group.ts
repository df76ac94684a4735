import { randomBytes } from 'node:crypto'
import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { normalizeTimeZone } from '../time-zones/index.ts'
import { findGroup, storeGroup } from './group-queries.ts'
import { type NotificationGroup, readEmailRecipients, readSmsRecipients, readWebhookUrls } from './notification-group.ts'

/** What is to change, as written; `undefined` members stay as they are. */
export interface GroupRevision {
  readonly name?: string | undefined
  readonly timeZoneId?: string | undefined
  readonly installDate?: string | undefined
  readonly usingAlternativeSolution?: boolean | undefined
  readonly emailRecipients?: readonly string[] | undefined
  readonly smsRecipients?: readonly string[] | undefined
  readonly webhookUrls?: readonly string[] | undefined
}

export interface ChangedGroup {
  readonly group: NotificationGroup
  /** Made with the first URL, shown once: what the receiver checks signatures with. */
  readonly webhookSecret: string | undefined
}

const SECRET_BYTES = 32

export function changeGroup(context: Context, principal: Principal, scope: AccountScope, revision: GroupRevision): Promise<Result<ChangedGroup, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    // Two changes of one group follow each other, also the first two.
    if ((await lockAccount(change.sql, scope)) === undefined) return err(entityNotFound('Account', scope.accountId))
    const before = await findGroup(change.sql, scope)
    if (before === undefined) return err(entityNotFound('Account', scope.accountId))
    const group = revised(before.group, revision, context.settings.environment !== 'production')
    if (!group.ok) return group
    const needsSecret = group.value.webhookUrls.length > 0 && before.webhookSecretSealed === undefined
    const webhookSecret = needsSecret ? `whsec_${randomBytes(SECRET_BYTES).toString('base64')}` : undefined
    const sealed = webhookSecret === undefined ? before.webhookSecretSealed : context.sealer.seal(webhookSecret, scope.accountId)
    await storeGroup(change.sql, scope, group.value, sealed, change.now)
    change.emit({
      type: 'emergency_notification.updated',
      partitionId: scope.partitionId,
      accountId: scope.accountId,
      data: { accountId: scope.accountId, ...summaryOf(group.value) },
      history: {
        type: 'EMERGENCY_NOTIFICATION',
        action: before.isStored ? 'UPDATE' : 'CREATE',
        ...(before.isStored ? { oldValue: before.group } : {}),
        newValue: group.value,
        referenceType: 'EMERGENCY_NOTIFICATION',
        referenceId: scope.accountId,
        referenceName: group.value.name,
      },
    })
    return ok({ group: group.value, webhookSecret })
  })
}

function revised(before: NotificationGroup, revision: GroupRevision, allowPlain: boolean): Result<NotificationGroup, ApiFailure> {
  const emailRecipients = revision.emailRecipients === undefined ? ok(before.emailRecipients) : readEmailRecipients(revision.emailRecipients)
  if (!emailRecipients.ok) return emailRecipients
  const smsRecipients = revision.smsRecipients === undefined ? ok(before.smsRecipients) : readSmsRecipients(revision.smsRecipients)
  if (!smsRecipients.ok) return smsRecipients
  const webhookUrls = revision.webhookUrls === undefined ? ok(before.webhookUrls) : readWebhookUrls(revision.webhookUrls, allowPlain)
  if (!webhookUrls.ok) return webhookUrls
  const timeZone = revision.timeZoneId === undefined ? before.timeZone : normalizeTimeZone(revision.timeZoneId)
  if (timeZone === undefined) return err(invalidField('timeZoneId', 'is unknown', 'one of the time zones of /v2/ref/timezones'))
  const name = revision.name?.trim() ?? before.name
  if (name === '' || name.length > 256 || /\p{Cc}/u.test(name)) return err(invalidField('name', 'cannot be a name', '1 to 256 characters on one line'))
  const installDate = revision.installDate === undefined ? before.installDate : new Date(revision.installDate)
  if (Number.isNaN(installDate.getTime())) return err(invalidField('installDate', 'is no date', 'ISO 8601'))
  return ok({
    ...{ name, timeZone, installDate },
    isUsingAlternativeSolution: revision.usingAlternativeSolution ?? before.isUsingAlternativeSolution,
    ...{ emailRecipients: emailRecipients.value, smsRecipients: smsRecipients.value, webhookUrls: webhookUrls.value },
  })
}

function summaryOf(group: NotificationGroup) {
  const { emailRecipients, smsRecipients, webhookUrls } = group
  return { emailRecipients, smsRecipients, webhookUrls }
}
