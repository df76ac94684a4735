import { ok } from '@dialtone/foundation'
import Type from 'typebox'
import { actorOf } from '../access/index.ts'
import { accountOperation, FileUpload, type Operation } from '../http/index.ts'
import { GreetingPath, MAX_GREETING_FORM_BYTES, readGreeting, removeGreeting, storeGreeting } from '../voicemail-boxes/index.ts'
import { BOX, foundBox, needs } from './voicemail-path.ts'

const common = { path: `${BOX}/greetings/:greetingType/media`, tag: 'Voicemail Box', params: GreetingPath }

/** What callers of a box for business lines hear. */
export const lineGreetingOperations: readonly Operation[] = [
  accountOperation({
    ...common,
    method: 'GET',
    summary: 'Hear a greeting of a box for business lines',
    requires: needs('READ'),
    responses: { 200: Type.String() },
    handle: async (context, { scope, params }) => {
      const box = await foundBox(context, scope, params.voicemailBoxId)
      const content = box.ok ? await readGreeting(context, scope, params.voicemailBoxId, params.greetingType) : box
      return content.ok ? ok({ status: 200, contentType: 'audio/wav', body: content.value }) : content
    },
  }),
  accountOperation({
    ...common,
    method: 'PUT',
    summary: 'Record a greeting of a box for business lines: a WAV file',
    requires: needs('EDIT'),
    body: FileUpload,
    maxUploadBytes: MAX_GREETING_FORM_BYTES,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params, body }) => {
      const box = await foundBox(context, scope, params.voicemailBoxId)
      const stored = box.ok ? await storeGreeting(context, actorOf(principal), scope, params.voicemailBoxId, params.greetingType, body.file) : box
      return stored.ok ? ok({ status: 204 }) : stored
    },
  }),
  accountOperation({
    ...common,
    method: 'DELETE',
    summary: 'Take a greeting of a box for business lines away',
    requires: needs('EDIT'),
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const box = await foundBox(context, scope, params.voicemailBoxId)
      const removed = box.ok ? await removeGreeting(context, principal, scope, params.voicemailBoxId, params.greetingType) : box
      return removed.ok ? ok({ status: 204 }) : removed
    },
  }),
]
