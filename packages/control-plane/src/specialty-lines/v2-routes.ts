import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, named, openOperation, type Operation } from '../http/index.ts'
import { isSipUsernameFree, sipUsernameFailure } from '../sip-credentials/index.ts'
import { CREDENTIAL_FORMS, createSpecialtyLine } from './create-specialty-line.ts'
import { deleteSpecialtyLine } from './delete-specialty-line.ts'
import { readSpecialtyLine, SpecialtyLineBody } from './specialty-line-body.ts'
import { findSpecialtyLine, listSpecialtyLines } from './specialty-line-queries.ts'
import { SpecialtyLineView, specialtyLineViews } from './specialty-line-view.ts'
import { updateSpecialtyLine } from './update-specialty-line.ts'

const COLLECTION = '/v2/partition/:partitionId/account/:accountId/specialty-line'
const ITEM = `${COLLECTION}/:lineId`
const LinePath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), lineId: Type.String() })
const TAG = 'Specialty Line'

export const specialtyLineOperations: readonly Operation[] = [
  accountOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Add a line for an alarm, elevator or intercom, with its login and, if given, its device',
    requires: { permission: 'EU_DeviceLine', level: 'CREATE' },
    body: SpecialtyLineBody,
    responses: { 201: SpecialtyLineView },
    handle: async (context, { principal, scope, body }) => {
      const request = readSpecialtyLine(body)
      if (!request.ok) return request
      const created = await createSpecialtyLine(context, principal, scope, request.value.line, request.value.given)
      return created.ok ? ok({ status: 201, body: (await specialtyLineViews(context, principal, scope, [created.value]))[0] }) : created
    },
  }),
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List the specialty lines of an account',
    requires: { permission: 'EU_DeviceLine', level: 'READ' },
    responses: { 200: Type.Array(SpecialtyLineView) },
    handle: async (context, { principal, scope, page }) => {
      const { rows, following } = await listSpecialtyLines(context.database.sql, scope, page)
      return ok({ status: 200, body: await specialtyLineViews(context, principal, scope, rows), following })
    },
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read a specialty line',
    requires: { permission: 'EU_DeviceLine', level: 'READ' },
    params: LinePath,
    responses: { 200: SpecialtyLineView },
    handle: async (context, { principal, scope, params }) => {
      const row = await findSpecialtyLine(context.database.sql, scope, params.lineId)
      if (row === undefined) return err(entityNotFound('SpecialtyLine', params.lineId))
      return ok({ status: 200, body: (await specialtyLineViews(context, principal, scope, [row]))[0] })
    },
  }),
  accountOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Replace a specialty line',
    requires: { permission: 'EU_DeviceLine', level: 'EDIT' },
    params: LinePath,
    body: SpecialtyLineBody,
    responses: { 200: SpecialtyLineView },
    handle: async (context, { principal, scope, params, body }) => {
      const request = readSpecialtyLine(body)
      if (!request.ok) return request
      const updated = await updateSpecialtyLine(context, principal, scope, params.lineId, request.value.line, request.value.given)
      return updated.ok ? ok({ status: 200, body: (await specialtyLineViews(context, principal, scope, [updated.value]))[0] }) : updated
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Remove a specialty line; its device is no longer registered',
    requires: { permission: 'EU_DeviceLine', level: 'DELETE' },
    params: LinePath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteSpecialtyLine(context, principal, scope, params.lineId)
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
  openOperation({
    method: 'POST',
    path: '/v2/rpc/specialty-line/validate-sip-username',
    tag: TAG,
    summary: 'Whether a SIP username is free on the platform',
    requires: { permission: 'EU_DeviceLine', level: 'READ' },
    body: named('ValidateSIPUsername', Type.Object({ username: Type.String({ minLength: 1, maxLength: 256 }) })),
    responses: { 200: Type.Boolean() },
    handle: async (context, { body }) => {
      const failure = sipUsernameFailure(body.username, CREDENTIAL_FORMS)
      if (failure !== undefined) return err(failure)
      return ok({ status: 200, body: await isSipUsernameFree(context.database.sql, body.username), contentType: 'text/plain; charset=utf-8' })
    },
  }),
]
