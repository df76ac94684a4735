import { createHmac } from 'node:crypto'
import { err, newId, newUuid, ok, type Result } from '@dialtone/foundation'
import { formatNational } from '@dialtone/numbering'
import { type AccountScope, actorOf, type Principal, SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { queueMessage } from '../messages/index.ts'
import { findEvent, insertDelivery, insertEvent } from './event-queries.ts'
import type { EventRecord } from './event-queries.ts'
import { findGroup } from './group-queries.ts'
import { type NotificationGroup, recipientCount } from './notification-group.ts'

export const TRIGGER_TYPES = ['EMERGENCY_CALL', 'EMERGENCY_TEST_CALL', 'NOTIFICATION_TEST'] as const
export type TriggerType = (typeof TRIGGER_TYPES)[number]

/** A 911 or 933 call, as whoever noticed it tells. */
export interface NoticedCall {
  readonly partitionId: string
  readonly accountId: string
  /** The id of the call record: the same call is told once, however often it is noticed. */
  readonly callId: string
  readonly triggerType: 'EMERGENCY_CALL' | 'EMERGENCY_TEST_CALL'
  readonly callerNumber: string
  readonly callerName: string
  readonly callbackNumber: string | undefined
  /** The line that dialed: the one the PSAP's callback rings. */
  readonly lineId: string | undefined
  readonly location: unknown
  readonly atMs: number
}

interface Occasion {
  readonly triggerType: TriggerType
  readonly callId: string | undefined
  readonly phoneNumber: string | undefined
  readonly at: Date
  readonly details: Readonly<Record<string, unknown>>
}

/** Somebody has dialed 911. */
export const EMERGENCY_CALLED = 'emergency.call'
const EVENT_TYPES: Readonly<Record<TriggerType, string>> = {
  EMERGENCY_CALL: EMERGENCY_CALLED,
  EMERGENCY_TEST_CALL: 'emergency.test_call',
  NOTIFICATION_TEST: 'emergency.notification_test',
}

/** Told the moment the call is on its way (47 CFR 9.16(b)(2)). An account that is not there any more is nobody to tell. */
export async function reportEmergencyCall(context: Context, call: NoticedCall): Promise<void> {
  await write(context, SYSTEM_ACTOR, async (change) => {
    await notifyOfCall(change, call)
    return ok(undefined)
  })
}

/** The same inside another change, such as that of the call's record. Does nothing when the call was told already. */
export async function notifyOfCall(change: Write, call: NoticedCall): Promise<void> {
  const scope = systemScope(call.partitionId, call.accountId)
  const { callerNumber, callerName, callbackNumber, lineId, location } = call
  await notify(change, scope, {
    triggerType: call.triggerType,
    callId: call.callId,
    phoneNumber: callbackNumber ?? callerNumber,
    at: new Date(call.atMs),
    details: { callerNumber, callerName, callbackNumber, lineId, location },
  })
}

/** Tells everybody of the group that this is a test (S0-80). */
export async function testNotification(context: Context, principal: Principal, scope: AccountScope): Promise<Result<EventRecord, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const found = await findGroup(change.sql, scope)
    if (found === undefined) return err(entityNotFound('Account', scope.accountId))
    if (recipientCount(found.group) === 0) return err(inConflict('NotificationRecipientsRequired', 'The notification group has nobody to tell.'))
    const id = await notify(change, scope, { triggerType: 'NOTIFICATION_TEST', callId: undefined, phoneNumber: undefined, at: change.now, details: {} })
    const event = id === undefined ? undefined : await findEvent(change.sql, scope, id)
    return event === undefined ? err(entityNotFound('EmergencyNotificationEvent', id ?? '')) : ok(event)
  })
}

async function notify(change: Write, scope: AccountScope, occasion: Occasion): Promise<string | undefined> {
  const found = await findGroup(change.sql, scope)
  if (found === undefined) return undefined
  const { group } = found
  const id = await insertEvent(change.sql, scope, { id: newUuid(), timeZone: group.timeZone, ...occasion }, change.now)
  if (id === undefined) return undefined
  const text = textOf({ ...group, name: group.name.replaceAll(/\p{Cc}+/gu, ' ') }, occasion)
  let position = 0
  for (const kind of ['EMAIL', 'SMS'] as const) {
    for (const recipient of kind === 'EMAIL' ? group.emailRecipients : group.smsRecipients) {
      const { partitionId, accountId } = scope
      const messageId = await queueMessage(
        change.sql,
        { partitionId, accountId, kind, recipient, isUrgent: occasion.triggerType === 'EMERGENCY_CALL', ...text },
        change.now,
      )
      await insertDelivery(change.sql, { id: newId(), eventId: id, position: position++, kind, recipient, status: 'SENT', messageId }, change.now)
    }
  }
  for (const recipient of group.webhookUrls)
    await insertDelivery(
      change.sql,
      { id: newId(), eventId: id, position: position++, kind: 'WEBHOOK', recipient, status: 'PENDING', messageId: undefined },
      change.now,
    )
  change.emit({
    type: EVENT_TYPES[occasion.triggerType],
    partitionId: scope.partitionId,
    accountId: scope.accountId,
    data: {
      eventId: id,
      accountId: scope.accountId,
      triggerType: occasion.triggerType,
      phoneNumber: occasion.phoneNumber ?? null,
      callTime: occasion.at.toISOString(),
    },
    history: {
      type: 'EMERGENCY_NOTIFICATION',
      action: 'CREATE',
      newValue: { triggerType: occasion.triggerType, phoneNumber: occasion.phoneNumber, ...occasion.details },
      referenceType: 'EMERGENCY_NOTIFICATION_EVENT',
      referenceId: id,
      referenceName: occasion.phoneNumber ?? occasion.triggerType,
    },
  })
  return id
}

/** Who, where, when, and the number to call back: what somebody at the front desk has to know (47 CFR 9.16(b)(2)). */
function textOf(group: NotificationGroup, occasion: Occasion): { subject: string; body: string } {
  const time = occasion.at.toLocaleString('en-US', { timeZone: group.timeZone, dateStyle: 'medium', timeStyle: 'long' })
  if (occasion.triggerType === 'NOTIFICATION_TEST')
    return {
      subject: `Test of the 911 notification of ${group.name}`,
      body: `This is a test at ${time}. Nobody dialed 911. Had somebody, you would have been told like this.`,
    }
  const isTest = occasion.triggerType === 'EMERGENCY_TEST_CALL'
  const dialed = isTest ? '933 (a test of the address)' : '911'
  const { callerName, callerNumber, location } = occasion.details
  const lines = [
    `${dialed} was dialed at ${time}.`,
    `Caller: ${[callerName, callerNumber].filter((part) => typeof part === 'string' && part !== '').join(', ')}`,
    `Call back: ${occasion.phoneNumber === undefined ? 'unknown' : formatNational(occasion.phoneNumber)}`,
    `Location: ${placeOf(location)}`,
  ]
  return { subject: `${isTest ? '933 test' : '911'} call at ${group.name}`, body: lines.join('\n') }
}

function placeOf(location: unknown): string {
  if (typeof location !== 'object' || location === null) return 'none is registered for the number'
  const part = (name: string): string => {
    const value = (location as Readonly<Record<string, unknown>>)[name]
    return typeof value === 'string' ? value : ''
  }
  const words = (...names: readonly string[]): string => names.map(part).filter((text) => text !== '').join(' ') // prettier-ignore
  const street = words('streetNumber', 'preDirectional', 'streetName', 'streetSuffix', 'postDirectional')
  return [street, part('unit'), part('city'), words('state', 'postalCode')].filter((text) => text !== '').join(', ')
}

/** Standard Webhooks 1.0.0: what a receiver compares. @param secret `whsec_` and base64. */
export function standardSignature(secret: string, id: string, timestampSeconds: number, body: string): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  return `v1,${createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`).digest('base64')}`
}
