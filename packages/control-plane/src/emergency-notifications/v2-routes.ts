import { err, ok, type Result } from '@dialtone/foundation'
import Type from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { afterCommit } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { accountOperation, named, oneOf, type Operation } from '../http/index.ts'
import { changeGroup } from './change-group.ts'
import { listEvents } from './event-queries.ts'
import { findGroup } from './group-queries.ts'
import type { NotificationGroup } from './notification-group.ts'
import { testNotification } from './notify.ts'
import { emergencyNotificationView, EmergencyNotificationView, eventView, EventView, groupView, NotificationGroupSchema } from './views.ts'

const ACCOUNT = '/v2/partition/:partitionId/account/:accountId'
const GROUPS = `${ACCOUNT}/emergency-notifications/groups`
const ITEM = `${GROUPS}/:type/:groupId`
const SINGULAR = `${ACCOUNT}/emergency-notification`
const GroupPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), type: oneOf(['ACCOUNT']), groupId: Type.String() })
const TAG = 'Emergency Notification'
const MAX_EVENTS = 1000
const read = { permission: 'EU_911_ADDRESS', level: 'READ' } as const
const edit = { permission: 'EU_911_ADDRESS', level: 'EDIT' } as const

const texts = Type.Optional(Type.Array(Type.String({ maxLength: 2048 })))
/** Words of seed 000 and those people guess from it. */
const Configuration = named(
  'EmergencyNotificationConfiguration',
  Type.Object({
    ...{ emailRecipients: texts, smsRecipients: texts, webhookUrls: texts },
    ...{ emails: texts, sms: texts, webhooks: texts },
  }),
)

export const emergencyNotificationOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: `${ACCOUNT}/emergency-notifications/events`,
    tag: TAG,
    summary: 'What was told to whom, newest first',
    requires: read,
    responses: { 200: Type.Array(EventView) },
    handle: async (context, { scope }) => ok({ status: 200, body: (await listEvents(context.database.sql, scope, MAX_EVENTS)).map(eventView) }),
  }),
  accountOperation({
    method: 'GET',
    path: GROUPS,
    tag: TAG,
    summary: 'Who is told of a 911 call: one group an account',
    requires: read,
    responses: { 200: Type.Array(NotificationGroupSchema) },
    handle: async (context, { scope }) => {
      const group = await groupOf(context, scope, scope.accountId)
      return group.ok ? ok({ status: 200, body: [groupView(scope, group.value)] }) : group
    },
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Who is told of a 911 call',
    requires: read,
    params: GroupPath,
    responses: { 200: NotificationGroupSchema },
    handle: async (context, { scope, params }) => {
      const group = await groupOf(context, scope, params.groupId)
      return group.ok ? ok({ status: 200, body: groupView(scope, group.value) }) : group
    },
  }),
  accountOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Say who is told of a 911 call',
    requires: edit,
    params: GroupPath,
    body: NotificationGroupSchema,
    responses: { 200: NotificationGroupSchema },
    handle: async (context, { principal, scope, params, body }) => {
      if (params.groupId !== scope.accountId) return err(entityNotFound('NotificationGroup', params.groupId))
      const { compliance = {}, name, timeZoneId } = body
      const { installDate, usingAlternativeSolution = false, emailRecipients = [], smsRecipients = [], webhookUrls } = compliance
      const revision = { name, timeZoneId, installDate, usingAlternativeSolution, emailRecipients, smsRecipients, webhookUrls }
      const changed = await changeGroup(context, principal, scope, revision)
      return changed.ok ? ok({ status: 200, body: groupView(scope, changed.value.group) }) : changed
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${ITEM}/execute-test`,
    tag: TAG,
    summary: 'Tell everybody of the group that this is a test',
    requires: edit,
    params: GroupPath,
    responses: { 200: EventView },
    handle: async (context, { principal, scope, params }) =>
      params.groupId === scope.accountId ? executeTest(context, principal, scope) : err(entityNotFound('NotificationGroup', params.groupId)),
  }),
  ...(['POST', 'PUT'] as const).map((method) =>
    accountOperation({
      method,
      path: SINGULAR,
      tag: TAG,
      summary: 'Say who is told of a 911 call: SMS and e-mail recipients, webhook URLs',
      requires: edit,
      body: Configuration,
      responses: { 200: EmergencyNotificationView },
      handle: async (context, { principal, scope, body }) => {
        const { emailRecipients = body.emails, smsRecipients = body.sms, webhookUrls = body.webhooks } = body
        const whole = method === 'PUT' ? { emailRecipients: [], smsRecipients: [], webhookUrls: [] } : {}
        const given = Object.fromEntries(Object.entries({ emailRecipients, smsRecipients, webhookUrls }).filter(([, value]) => value !== undefined))
        const changed = await changeGroup(context, principal, scope, { ...whole, ...given })
        return changed.ok ? ok({ status: 200, body: emergencyNotificationView(scope, changed.value.group, changed.value.webhookSecret) }) : changed
      },
    }),
  ),
  accountOperation({
    method: 'GET',
    path: SINGULAR,
    tag: TAG,
    summary: 'Who is told of a 911 call',
    requires: read,
    responses: { 200: EmergencyNotificationView },
    handle: async (context, { scope }) => {
      const group = await groupOf(context, scope, scope.accountId)
      return group.ok ? ok({ status: 200, body: emergencyNotificationView(scope, group.value) }) : group
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${SINGULAR}/test`,
    tag: TAG,
    summary: 'Tell everybody that this is a test',
    requires: edit,
    responses: { 200: EventView },
    handle: (context, { principal, scope }) => executeTest(context, principal, scope),
  }),
]

async function groupOf(context: Context, scope: AccountScope, groupId: string): Promise<Result<NotificationGroup, ApiFailure>> {
  const found = groupId === scope.accountId ? await findGroup(context.database.sql, scope) : undefined
  return found === undefined ? err(entityNotFound('NotificationGroup', groupId)) : ok(found.group)
}

async function executeTest(context: Context, principal: Parameters<typeof testNotification>[1], scope: AccountScope) {
  const event = await testNotification(context, principal, scope)
  if (!event.ok) return event
  await afterCommit(context, () => void context.dueWork.runNow())
  return ok({ status: 200, body: eventView(event.value) })
}
