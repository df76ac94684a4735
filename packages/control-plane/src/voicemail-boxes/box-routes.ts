import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { type AccountScope, type Actor, actorOf } from '../access/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { accountOperation, FileUpload, freeObject, named, oneOf, type Operation, patchedBody } from '../http/index.ts'
import { boxViews, VoicemailBoxView } from './box-view.ts'
import { boxChanged, createBox, deleteBox, reviseBox } from './change-box.ts'
import { MAX_GREETING_BYTES, readGreeting, removeGreeting, storeGreeting } from './greetings.ts'
import { ownBoxFailure } from './own-box.ts'
import { hashPin, pinProblem, setPin, unlockPin } from './pin.ts'
import { GREETING_TYPES, LOCALES, type VoicemailBox } from './voicemail-box.ts'
import { findBox, pageOfBoxes, type VoicemailBoxRow } from './voicemail-box-queries.ts'

const COLLECTION = '/v2/partition/:partitionId/account/:accountId/voicemailbox'
const ITEM = `${COLLECTION}/:voicemailBoxId`
const TAG = 'Voicemail Box'
const path = { partitionId: Type.String(), accountId: Type.String(), voicemailBoxId: Type.String({ maxLength: 64 }) }
const BoxPath = Type.Object(path)
export const GreetingPath = Type.Object({ ...path, greetingType: oneOf(GREETING_TYPES) })
const FORM_BYTES = 10_000
export const MAX_GREETING_FORM_BYTES = MAX_GREETING_BYTES + FORM_BYTES

const BoxBody = named(
  'VoicemailBoxRequest',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    type: Type.Optional(oneOf(['Normal', 'Primary', 'Sub', 'BUSINESS_LINE'])),
    locale: Type.Optional(oneOf(LOCALES)),
    voicemailToEmailAddresses: Type.Optional(Type.Array(Type.String({ format: 'email', maxLength: 256 }), { maxItems: 20, uniqueItems: true })),
    voicemailToEmailEnabled: Type.Optional(Type.Boolean()),
    voicemailKeepAfterEmail: Type.Optional(Type.Boolean()),
    messageTranscriptionEnabled: Type.Optional(Type.Boolean()),
    parentId: Type.Optional(Type.String({ maxLength: 64 })),
    dtmfOption: Type.Optional(Type.String({ maxLength: 1 })),
  }),
)
/** The other members are what real clients send besides; the path says whose PIN it is. */
const Ignored = Type.Optional(Type.String({ maxLength: 64 }))
const PinChange = named(
  'PinChange',
  Type.Object({ pin: Type.String({ maxLength: 10 }), accountId: Ignored, voicemailBoxId: Ignored, referenceId: Ignored, referenceType: Ignored }),
)
/** Whoever has the `_MYUSER` form may use it on the box of his own calls; `ownBoxFailure` looks which one that is. */
const needs = (level: 'READ' | 'EDIT', permission: 'EU_Voicemail' | 'EU_VoicemailUnlock' = 'EU_Voicemail') =>
  ({ permission, level, own: { permission } }) as const

export const userBoxOperations: readonly Operation[] = [
  accountOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Create a voicemail box',
    requires: { permission: 'EU_Voicemail', level: 'CREATE' },
    body: BoxBody,
    responses: { 200: VoicemailBoxView },
    handle: async (context, { principal, scope, body }) => shown(context, scope, await createBox(context, principal, scope, boxOfBody(body))),
  }),
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List the voicemail boxes of an account, or those below a Primary box',
    requires: { permission: 'EU_Voicemail', level: 'READ' },
    query: Type.Object({ parentId: Type.Optional(Type.String({ maxLength: 64 })) }),
    responses: { 200: Type.Array(VoicemailBoxView) },
    handle: async (context, { scope, query, page }) => {
      const { rows, following } = await pageOfBoxes(context.database.sql, scope, query, page)
      return ok({ status: 200, body: await boxViews(context, scope, rows), following })
    },
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read a voicemail box',
    requires: needs('READ'),
    params: BoxPath,
    responses: { 200: VoicemailBoxView },
    handle: async (context, { principal, scope, params }) => {
      const failure = await ownBoxFailure(context, principal, scope, params.voicemailBoxId, needs('READ'))
      if (failure !== undefined) return err(failure)
      const row = await findBox(context.database.sql, scope, params.voicemailBoxId)
      return row === undefined ? err(entityNotFound('VoicemailBox', params.voicemailBoxId)) : shown(context, scope, ok(row))
    },
  }),
  accountOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Replace a voicemail box',
    requires: needs('EDIT'),
    params: BoxPath,
    body: BoxBody,
    responses: { 200: VoicemailBoxView },
    handle: async (context, { principal, scope, params, body }) => {
      const failure = await ownBoxFailure(context, principal, scope, params.voicemailBoxId, needs('EDIT'))
      if (failure !== undefined) return err(failure)
      return shown(context, scope, await reviseBox(context, principal, scope, params.voicemailBoxId, (before) => ok(boxOfBody({ type: before.type, ...body }))))
    },
  }),
  accountOperation({
    method: 'PATCH',
    path: ITEM,
    tag: TAG,
    summary: 'Change parts of a voicemail box (JSON Merge Patch)',
    requires: needs('EDIT'),
    params: BoxPath,
    body: freeObject(),
    responses: { 200: VoicemailBoxView },
    handle: async (context, { principal, scope, params, body }) => {
      const failure = await ownBoxFailure(context, principal, scope, params.voicemailBoxId, needs('EDIT'))
      if (failure !== undefined) return err(failure)
      const revise = (before: VoicemailBox): Result<VoicemailBox, ApiFailure> => {
        const checked = patchedBody(BoxBody, bodyOf(before), body)
        return checked.ok ? ok(boxOfBody(checked.value)) : checked
      }
      return shown(context, scope, await reviseBox(context, principal, scope, params.voicemailBoxId, revise))
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Delete a voicemail box in which no calls end, with its messages',
    requires: { permission: 'EU_Voicemail', level: 'DELETE' },
    params: BoxPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteBox(context, principal, scope, params.voicemailBoxId)
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/pin`,
    tag: TAG,
    summary: 'Choose another PIN',
    requires: needs('EDIT'),
    params: BoxPath,
    body: PinChange,
    responses: { 200: undefined },
    handle: async (context, { principal, scope, params, body }) => {
      const failure = await ownBoxFailure(context, principal, scope, params.voicemailBoxId, needs('EDIT'))
      if (failure !== undefined) return err(failure)
      const changed = await choosePin(context, actorOf(principal), scope, params.voicemailBoxId, body.pin)
      return changed.ok ? ok({ status: 200 }) : changed
    },
  }),
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/unlock`,
    tag: TAG,
    summary: 'Let PINs be tried again after too many wrong ones; with resetPin back to the first one',
    requires: needs('EDIT', 'EU_VoicemailUnlock'),
    params: BoxPath,
    query: Type.Object({ resetPin: Type.Optional(Type.Boolean()) }),
    responses: { 200: VoicemailBoxView },
    handle: async (context, { principal, scope, params, query }) => {
      const { voicemailBoxId: id } = params
      const failure = await ownBoxFailure(context, principal, scope, id, needs('EDIT', 'EU_VoicemailUnlock'))
      if (failure !== undefined) return err(failure)
      const unlocked = await changePin(context, actorOf(principal), scope, id, query.resetPin === true ? 'PIN reset' : 'PIN unlocked', (sql) =>
        query.resetPin === true ? setPin(sql, scope, id, undefined) : unlockPin(sql, scope, id),
      )
      if (!unlocked.ok) return unlocked
      const row = await findBox(context.database.sql, scope, id)
      return row === undefined ? err(entityNotFound('VoicemailBox', id)) : shown(context, scope, ok(row))
    },
  }),
  ...greetingOperations(),
]

/** The three of one kind of greeting: hear it, record it, take it away. */
function greetingOperations(): readonly Operation[] {
  const common = { path: `${ITEM}/greetings/:greetingType/media`, tag: TAG, params: GreetingPath }
  return [
    accountOperation({
      ...common,
      method: 'GET',
      summary: 'Hear a greeting',
      requires: needs('READ'),
      responses: { 200: Type.String() },
      handle: async (context, { principal, scope, params }) => {
        const failure = await ownBoxFailure(context, principal, scope, params.voicemailBoxId, needs('READ'))
        if (failure !== undefined) return err(failure)
        const content = await readGreeting(context, scope, params.voicemailBoxId, params.greetingType)
        return content.ok ? ok({ status: 200, contentType: 'audio/wav', body: content.value }) : content
      },
    }),
    accountOperation({
      ...common,
      method: 'PUT',
      summary: 'Record a greeting: a WAV file',
      requires: needs('EDIT'),
      body: FileUpload,
      maxUploadBytes: MAX_GREETING_FORM_BYTES,
      responses: { 202: undefined },
      handle: async (context, { principal, scope, params, body }) => {
        const failure = await ownBoxFailure(context, principal, scope, params.voicemailBoxId, needs('EDIT'))
        if (failure !== undefined) return err(failure)
        const stored = await storeGreeting(context, actorOf(principal), scope, params.voicemailBoxId, params.greetingType, body.file)
        return stored.ok ? ok({ status: 202 }) : stored
      },
    }),
    accountOperation({
      ...common,
      method: 'DELETE',
      summary: 'Take a greeting away: callers hear that of the platform',
      requires: needs('EDIT'),
      responses: { 200: undefined },
      handle: async (context, { principal, scope, params }) => {
        const failure = await ownBoxFailure(context, principal, scope, params.voicemailBoxId, needs('EDIT'))
        if (failure !== undefined) return err(failure)
        const removed = await removeGreeting(context, principal, scope, params.voicemailBoxId, params.greetingType)
        return removed.ok ? ok({ status: 200 }) : removed
      },
    }),
  ]
}

/** Another PIN, of the form that cannot be guessed at once. */
export async function choosePin(context: Context, actor: Actor, scope: AccountScope, boxId: string, pin: string): Promise<Result<undefined, ApiFailure>> {
  const problem = pinProblem(pin)
  if (problem !== undefined) return err(problem)
  const hash = await hashPin(pin)
  return changePin(context, actor, scope, boxId, 'PIN', (sql) => setPin(sql, scope, boxId, hash))
}

/** @param what for the history; never the PIN itself. */
export function changePin(
  context: Context,
  actor: Actor,
  scope: AccountScope,
  boxId: string,
  what: string,
  act: (sql: Parameters<typeof setPin>[0]) => Promise<boolean>,
): Promise<Result<undefined, ApiFailure>> {
  return write(context, actor, async (change) => {
    if (!(await act(change.sql))) return err(entityNotFound('VoicemailBox', boxId))
    change.emit(boxChanged(scope, boxId, {}, { changed: what }))
    return ok(undefined)
  })
}

async function shown(context: Context, scope: AccountScope, box: Result<VoicemailBoxRow, ApiFailure>) {
  return box.ok ? ok({ status: 200, body: (await boxViews(context, scope, [box.value]))[0] }) : box
}

function boxOfBody(body: Static<typeof BoxBody>): VoicemailBox {
  return {
    name: body.name,
    type: body.type ?? 'Normal',
    locale: body.locale ?? 'en-US',
    emailAddresses: body.voicemailToEmailAddresses ?? [],
    emailEnabled: body.voicemailToEmailEnabled ?? false,
    keepAfterEmail: body.voicemailKeepAfterEmail ?? true,
    transcriptionEnabled: body.messageTranscriptionEnabled ?? false,
    parentId: body.parentId,
    dtmfOption: body.dtmfOption ?? (body.type === 'Primary' ? '1' : undefined),
  }
}

function bodyOf(box: VoicemailBox) {
  const { emailAddresses, emailEnabled, keepAfterEmail, transcriptionEnabled, ...same } = box
  return {
    ...same,
    voicemailToEmailAddresses: emailAddresses,
    voicemailToEmailEnabled: emailEnabled,
    voicemailKeepAfterEmail: keepAfterEmail,
    messageTranscriptionEnabled: transcriptionEnabled,
  }
}
