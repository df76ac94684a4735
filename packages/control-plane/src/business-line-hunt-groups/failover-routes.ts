import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { configuredObject, findObject, updateObject } from '../account-objects/index.ts'
import { forwardTargetFailure } from '../business-lines/index.ts'
import { type ApiFailure, entityNotFound, fieldRequired, invalidField } from '../failures/index.ts'
import { accountOperation, named, oneOf, type Operation } from '../http/index.ts'
import { FAILOVER_REASONS, FAILOVER_TYPES, type FailoverAction, type FailoverReason, type HuntGroup } from './hunt-group.ts'
import { huntGroups, ITEM, TAG } from './hunt-group-routes.ts'

const PATH = `${ITEM}/failover-action/:reason`
const ReasonPath = Type.Object({
  partitionId: Type.String(),
  accountId: Type.String(),
  huntGroupId: Type.String({ maxLength: 64 }),
  reason: oneOf(FAILOVER_REASONS),
})
const fields = {
  '@type': oneOf(FAILOVER_TYPES),
  forwardToPhoneNumber: Type.Optional(Type.String({ pattern: '^\\d*$', maxLength: 32 })),
  voicemailBoxId: Type.Optional(Type.String({ maxLength: 64 })),
}
const FailoverBody = named('FailoverActionRequest', Type.Object({ ...fields, failoverReason: Type.Optional(oneOf(FAILOVER_REASONS)) }))
const FailoverView = named('FailoverAction', Type.Object({ ...fields, failoverReason: oneOf(FAILOVER_REASONS) }))
const BUSY: FailoverAction = { '@type': 'BusyFailoverAction' }

/** What callers get who reach none of the lines, for each reason. */
export const failoverOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: PATH,
    tag: TAG,
    summary: 'Read what callers of a hunt group get who reach none of its lines for a reason',
    requires: { permission: 'EU_BUSINESS_LINE_HUNT_GROUP', level: 'READ' },
    params: ReasonPath,
    responses: { 200: FailoverView },
    handle: async (context, { scope, params: { huntGroupId, reason } }) => {
      const row = await findObject(context.database.sql, scope, { type: 'BUSINESS_LINE_HUNT_GROUP', id: huntGroupId })
      if (row === undefined) return err(entityNotFound('BusinessLineHuntGroup', huntGroupId))
      return ok({ status: 200, body: actionView(configuredObject<HuntGroup>(row).attributes, reason) })
    },
  }),
  accountOperation({
    method: 'PUT',
    path: PATH,
    tag: TAG,
    summary: 'Replace what callers of a hunt group get who reach none of its lines for a reason',
    requires: { permission: 'EU_BUSINESS_LINE_HUNT_GROUP', level: 'EDIT' },
    params: ReasonPath,
    body: FailoverBody,
    responses: { 200: FailoverView },
    handle: async (context, { principal, scope, params: { huntGroupId, reason }, body }) => {
      const action = readAction(reason, body)
      if (!action.ok) return action
      const { forwardToPhoneNumber: number } = action.value
      const kind = {
        ...huntGroups,
        check: async (...[change, ...rest]: Parameters<typeof huntGroups.check>) =>
          (await huntGroups.check(change, ...rest)) ??
          (await forwardTargetFailure(change.sql, scope, number === undefined ? [] : [{ field: 'forwardToPhoneNumber', number }])),
      }
      const revise = (before: HuntGroup): Result<HuntGroup, ApiFailure> =>
        ok({ ...before, failoverActions: { ...before.failoverActions, [reason]: action.value } })
      const updated = await updateObject(context, principal, scope, kind, huntGroupId, revise)
      return updated.ok ? ok({ status: 200, body: actionView(updated.value.attributes, reason) }) : updated
    },
  }),
]

function actionView(group: HuntGroup, reason: FailoverReason): Static<typeof FailoverView> {
  const { '@type': type, forwardToPhoneNumber, voicemailBoxId } = group.failoverActions[reason] ?? BUSY
  return {
    '@type': type,
    failoverReason: reason,
    ...(forwardToPhoneNumber === undefined ? {} : { forwardToPhoneNumber }),
    ...(voicemailBoxId === undefined ? {} : { voicemailBoxId }),
  }
}

/** A forward has a number, voicemail a box; what belongs to another kind is left aside. */
function readAction(reason: FailoverReason, body: Static<typeof FailoverBody>): Result<FailoverAction, ApiFailure> {
  if (body.failoverReason !== undefined && body.failoverReason !== reason)
    return err(invalidField('failoverReason', `is ${body.failoverReason}`, `${reason}, as in the path`))
  const [number, boxId] = [written(body.forwardToPhoneNumber), written(body.voicemailBoxId)]
  switch (body['@type']) {
    case 'BusyFailoverAction':
      return ok(BUSY)
    case 'ForwardFailoverAction':
      return number === undefined ? err(fieldRequired('forwardToPhoneNumber')) : ok({ '@type': body['@type'], forwardToPhoneNumber: number })
    case 'VoicemailFailoverAction':
      return boxId === undefined ? err(fieldRequired('voicemailBoxId')) : ok({ '@type': body['@type'], voicemailBoxId: boxId })
  }
}

function written(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
