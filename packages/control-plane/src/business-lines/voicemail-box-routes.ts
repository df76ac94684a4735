import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { actorOf, type AccountScope } from '../access/index.ts'
import { usersOf } from '../account-objects/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, fieldRequired } from '../failures/index.ts'
import { accountOperation, named, oneOf, type Operation } from '../http/index.ts'
import {
  boxOf,
  changePin,
  createBox,
  deleteBox,
  listBoxes,
  LOCALES,
  MAX_PIN_FAILURES,
  reviseBox,
  setPin,
  type VoicemailBox,
  type VoicemailBoxRow,
} from '../voicemail-boxes/index.ts'
import { TAG } from './line-path.ts'
import { BOX, BOXES, BoxPath, foundBox, needs } from './voicemail-path.ts'

const MAX_ADDRESSES = 20
const BoxBody = named(
  'BusinessLineVoicemailBoxRequest',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    forwardMessageToEmailAddresses: Type.Optional(Type.Array(Type.String({ format: 'email', maxLength: 256 }), { maxItems: MAX_ADDRESSES, uniqueItems: true })),
    forwardMessageToEmailEnabled: Type.Optional(Type.Boolean()),
    shouldKeepMessageAfterForward: Type.Optional(Type.Boolean()),
    locale: Type.Optional(oneOf(LOCALES)),
  }),
)
const boxFields = {
  id: Type.String(),
  name: Type.String(),
  partitionId: Type.String(),
  accountId: Type.String(),
  forwardMessageToEmailAddresses: Type.Array(Type.String()),
  forwardMessageToEmailEnabled: Type.Boolean(),
  shouldKeepMessageAfterForward: Type.Boolean(),
  locale: Type.String(),
}
const BoxView = named('BusinessLineVoicemailBox', Type.Object(boxFields))
/** With the lines and hunt groups whose calls end in the box. */
const BoxExpandedView = named(
  'VoicemailBoxExpandedView',
  Type.Object({ ...boxFields, assignedTo: Type.Array(Type.Object({ id: Type.String(), display: Type.String() })) }),
)

/** Boxes that the calls of business lines end in: the same boxes as those of users, in the words of this surface. */
export const lineBoxOperations: readonly Operation[] = [
  accountOperation({
    method: 'POST',
    path: BOXES,
    tag: TAG,
    summary: 'Create a voicemail box for business lines',
    requires: needs('CREATE'),
    body: BoxBody,
    responses: { 200: BoxView },
    handle: async (context, { principal, scope, body }) => {
      const box = boxOfBody(body, { transcriptionEnabled: false })
      return box.ok ? shown(await createBox(context, principal, scope, box.value)) : box
    },
  }),
  accountOperation({
    method: 'GET',
    path: BOXES,
    tag: TAG,
    summary: 'List the voicemail boxes for business lines',
    requires: needs('READ'),
    responses: { 200: Type.Array(BoxView) },
    handle: async (context, { scope }) => ok({ status: 200, body: (await rowsOf(context, scope)).map(boxView) }),
  }),
  accountOperation({
    method: 'GET',
    path: `${BOXES}/views/expanded`,
    tag: TAG,
    summary: 'List the voicemail boxes for business lines with the lines they are for',
    requires: needs('READ'),
    responses: { 200: Type.Array(BoxExpandedView) },
    handle: async (context, { scope }) => {
      const rows = await rowsOf(context, scope)
      return ok({ status: 200, body: await Promise.all(rows.map((row) => expandedView(context, scope, row))) })
    },
  }),
  accountOperation({
    method: 'GET',
    path: BOX,
    tag: TAG,
    summary: 'Read a voicemail box for business lines',
    requires: needs('READ'),
    params: BoxPath,
    responses: { 200: BoxView },
    handle: async (context, { scope, params }) => shown(await foundBox(context, scope, params.voicemailBoxId)),
  }),
  accountOperation({
    method: 'GET',
    path: `${BOX}/views/expanded`,
    tag: TAG,
    summary: 'Read a voicemail box for business lines with the lines it is for',
    requires: needs('READ'),
    params: BoxPath,
    responses: { 200: BoxExpandedView },
    handle: async (context, { scope, params }) => {
      const row = await foundBox(context, scope, params.voicemailBoxId)
      return row.ok ? ok({ status: 200, body: await expandedView(context, scope, row.value) }) : row
    },
  }),
  accountOperation({
    method: 'PUT',
    path: BOX,
    tag: TAG,
    summary: 'Replace a voicemail box for business lines',
    requires: needs('EDIT'),
    params: BoxPath,
    body: BoxBody,
    responses: { 200: BoxView },
    handle: async (context, { principal, scope, params, body }) => {
      const found = await foundBox(context, scope, params.voicemailBoxId)
      if (!found.ok) return found
      return shown(await reviseBox(context, principal, scope, params.voicemailBoxId, (before) => boxOfBody(body, before)))
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: BOX,
    tag: TAG,
    summary: 'Delete a voicemail box that no line uses, with its messages',
    requires: needs('DELETE'),
    params: BoxPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const found = await foundBox(context, scope, params.voicemailBoxId)
      if (!found.ok) return found
      const deleted = await deleteBox(context, principal, scope, params.voicemailBoxId)
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${BOX}/rpc/check-pin-status`,
    tag: TAG,
    summary: 'Whether a box is locked after too many wrong PINs',
    requires: needs('READ'),
    params: BoxPath,
    responses: { 200: named('BusinessLineVoicemailPinStatus', Type.Object({ lockedOut: Type.Boolean() })) },
    handle: async (context, { scope, params }) => {
      const row = await foundBox(context, scope, params.voicemailBoxId)
      return row.ok ? ok({ status: 200, body: { lockedOut: row.value.pin_failures >= MAX_PIN_FAILURES } }) : row
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${BOX}/rpc/reset-pin`,
    tag: TAG,
    summary: 'Put the PIN of a box back to the first one, which also unlocks it',
    requires: needs('EDIT'),
    params: BoxPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const { voicemailBoxId: id } = params
      const found = await foundBox(context, scope, id)
      if (!found.ok) return found
      const reset = await changePin(context, actorOf(principal), scope, id, 'PIN reset', (sql) => setPin(sql, scope, id, undefined))
      return reset.ok ? ok({ status: 204 }) : reset
    },
  }),
]

function rowsOf(context: Context, scope: AccountScope): Promise<readonly VoicemailBoxRow[]> {
  return listBoxes(context.database.sql, scope, { type: 'BUSINESS_LINE' })
}

function shown(row: Result<VoicemailBoxRow, ApiFailure>) {
  return row.ok ? ok({ status: 200, body: boxView(row.value) }) : row
}

function boxView(row: VoicemailBoxRow): Static<typeof BoxView> {
  const box = boxOf(row)
  return {
    id: row.id,
    name: box.name,
    partitionId: row.partition_id,
    accountId: row.account_id,
    forwardMessageToEmailAddresses: [...box.emailAddresses],
    forwardMessageToEmailEnabled: box.emailEnabled,
    shouldKeepMessageAfterForward: box.keepAfterEmail,
    locale: box.locale,
  }
}

async function expandedView(context: Context, scope: AccountScope, row: VoicemailBoxRow) {
  const users = await usersOf(context.database.sql, scope, { type: 'VOICEMAIL_BOX', id: row.id })
  return { ...boxView(row), assignedTo: users.map(({ id, name }) => ({ id, display: name })) }
}

/** @param before what this surface has no word for stays. */
function boxOfBody(body: Static<typeof BoxBody>, before: Pick<VoicemailBox, 'transcriptionEnabled'>): Result<VoicemailBox, ApiFailure> {
  const emailAddresses = body.forwardMessageToEmailAddresses ?? []
  const emailEnabled = body.forwardMessageToEmailEnabled ?? false
  if (emailEnabled && emailAddresses.length === 0) return err(fieldRequired('forwardMessageToEmailAddresses'))
  return ok({
    name: body.name,
    type: 'BUSINESS_LINE',
    locale: body.locale ?? 'en-US',
    emailAddresses,
    emailEnabled,
    keepAfterEmail: body.shouldKeepMessageAfterForward ?? true,
    transcriptionEnabled: before.transcriptionEnabled,
    parentId: undefined,
    dtmfOption: undefined,
  })
}
