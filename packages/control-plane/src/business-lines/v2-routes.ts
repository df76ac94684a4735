import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import Type, { type Static } from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { accountOperation, named, type Operation } from '../http/index.ts'
import type { BusinessLine } from './business-line.ts'
import { type BusinessLineRow, handlingOf, listBusinessLines } from './business-line-queries.ts'
import { BusinessLineExpandedView, BusinessLineView, businessLineViews, expandedViews } from './business-line-view.ts'
import { CallHandlingBody, CallHandlingView, callHandlingView, PhoneNumber, readCallHandling, written } from './call-handling-body.ts'
import { createBusinessLine, deleteBusinessLine, updateBusinessLine, updateCallHandling } from './change-business-line.ts'
import { COLLECTION, foundLine, ITEM, LinePath, TAG } from './line-path.ts'

const BusinessLineBody = named(
  'BusinessLineRequest',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    callerIdPhoneNumber: PhoneNumber,
    callerIdVisible: Type.Optional(Type.Boolean()),
    emergencyCallbackPhoneNumber: PhoneNumber,
  }),
)
const needs = (level: 'READ' | 'EDIT' | 'CREATE' | 'DELETE') => ({ permission: 'EU_BUSINESS_LINE', level }) as const

/** The lines themselves. Before those of one line: `views` is no id. */
const lineOperations: readonly Operation[] = [
  accountOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Add a business line, with a login of its own',
    requires: needs('CREATE'),
    body: BusinessLineBody,
    responses: { 200: BusinessLineView },
    handle: async (context, { principal, scope, body }) => {
      const line = readLine(body)
      return line.ok ? shown(context, scope, await createBusinessLine(context, principal, scope, line.value)) : line
    },
  }),
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List the business lines of an account',
    requires: needs('READ'),
    responses: { 200: Type.Array(BusinessLineView) },
    handle: async (context, { scope }) =>
      ok({ status: 200, body: await businessLineViews(context, scope, await listBusinessLines(context.database.sql, scope)) }),
  }),
  accountOperation({
    method: 'GET',
    path: `${COLLECTION}/views/expanded`,
    tag: TAG,
    summary: 'List the business lines of an account with their call handling, login and port',
    requires: needs('READ'),
    responses: { 200: Type.Array(BusinessLineExpandedView) },
    handle: async (context, { scope }) => ok({ status: 200, body: await expandedViews(context, scope, await listBusinessLines(context.database.sql, scope)) }),
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read a business line',
    requires: needs('READ'),
    params: LinePath,
    responses: { 200: BusinessLineView },
    handle: async (context, { scope, params }) => shown(context, scope, await foundLine(context, scope, params.businessLineId)),
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/views/expanded`,
    tag: TAG,
    summary: 'Read a business line with its call handling, login and port',
    requires: needs('READ'),
    params: LinePath,
    responses: { 200: BusinessLineExpandedView },
    handle: async (context, { scope, params }) => {
      const line = await foundLine(context, scope, params.businessLineId)
      return line.ok ? ok({ status: 200, body: (await expandedViews(context, scope, [line.value]))[0] }) : line
    },
  }),
  accountOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Replace a business line',
    requires: needs('EDIT'),
    params: LinePath,
    body: BusinessLineBody,
    responses: { 200: BusinessLineView },
    handle: async (context, { principal, scope, params, body }) => {
      const line = readLine(body)
      return line.ok ? shown(context, scope, await updateBusinessLine(context, principal, scope, params.businessLineId, line.value)) : line
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Delete a business line that no number and no hunt group rings',
    requires: needs('DELETE'),
    params: LinePath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteBusinessLine(context, principal, scope, params.businessLineId)
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
]

const callHandlingOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: `${ITEM}/call-handling`,
    tag: TAG,
    summary: 'Read what happens to calls of a number that points at the line',
    requires: needs('READ'),
    params: LinePath,
    responses: { 200: CallHandlingView },
    handle: async (context, { scope, params }) => handlingShown(await foundLine(context, scope, params.businessLineId)),
  }),
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/call-handling`,
    tag: TAG,
    summary: 'Replace what happens to calls of a number that points at the line',
    requires: needs('EDIT'),
    params: LinePath,
    body: CallHandlingBody,
    responses: { 200: CallHandlingView },
    handle: async (context, { principal, scope, params, body }) =>
      handlingShown(await updateCallHandling(context, principal, scope, params.businessLineId, readCallHandling(body))),
  }),
]

export const ownLineOperations: readonly Operation[] = [...lineOperations, ...callHandlingOperations]

async function shown(context: Context, scope: AccountScope, line: Result<BusinessLineRow, ApiFailure>) {
  return line.ok ? ok({ status: 200, body: (await businessLineViews(context, scope, [line.value]))[0] }) : line
}

function handlingShown(line: Result<BusinessLineRow, ApiFailure>) {
  return line.ok ? ok({ status: 200, body: callHandlingView(handlingOf(line.value)) }) : line
}

function readLine(body: Static<typeof BusinessLineBody>): Result<BusinessLine, ApiFailure> {
  const callerId = readNumber('callerIdPhoneNumber', body.callerIdPhoneNumber)
  if (!callerId.ok) return callerId
  const callback = readNumber('emergencyCallbackPhoneNumber', body.emergencyCallbackPhoneNumber)
  if (!callback.ok) return callback
  const callerIdVisible = body.callerIdVisible ?? true
  return ok({ name: body.name, callerIdPhoneNumber: callerId.value, callerIdVisible, emergencyCallbackPhoneNumber: callback.value })
}

/** 11 digits beginning with 1 (S1-101), or 10 of them. */
function readNumber(field: string, given: string | undefined): Result<string | undefined, ApiFailure> {
  const text = written(given)
  if (text === undefined) return ok(undefined)
  const number = normalizePhoneNumber(text)
  return number === undefined ? err(invalidField(field, 'is no telephone number', '11 digits beginning with 1')) : ok(number)
}
