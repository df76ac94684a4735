import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, FileUpload, freeObject, mergePatch, named, type Operation, removalFailure } from '../http/index.ts'
import { cancelPort, revisePort, triggerPort } from './change-port.ts'
import { letterView, MAX_LOA_BYTES, readLetter, uploadLetter } from './letter-of-authorization.ts'
import { checkPortBody, PortSchema, readPortTerms } from './port-body.ts'
import { findPort, portIdOf } from './port-queries.ts'
import { phoneNumbersOf } from './port-record.ts'
import { portView } from './port-view.ts'
import { portingCarrierOf } from './porting-carrier-of.ts'

const ITEM = '/v2/partition/:partitionId/account/:accountId/port/:portId'
const PortPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), portId: Type.String() })
const TAG = 'Port'
/** A form around the file needs some bytes too. */
const MAX_FORM_BYTES = MAX_LOA_BYTES + 65_536
const read = { permission: 'PhoneNumber', level: 'READ' } as const
const edit = { permission: 'PhoneNumber', level: 'EDIT' } as const

const LetterView = named(
  'LOA',
  Type.Object({ id: Type.String(), data: Type.Array(Type.String()), extension: Type.String(), date: Type.Integer(), contentType: Type.String() }),
)

export const accountPortOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read a port',
    requires: read,
    params: PortPath,
    responses: { 200: PortSchema },
    handle: async (context, { scope, params }) => {
      const port = await findPort(context.database.sql, scope, portIdOf(params.portId))
      return port === undefined ? err(entityNotFound('Port', params.portId)) : ok({ status: 200, body: portView(port) })
    },
  }),
  ...(['PUT', 'PATCH'] as const).map((method) =>
    accountOperation({
      method,
      path: ITEM,
      tag: TAG,
      summary: method === 'PUT' ? 'Replace what a port was asked for with, and send it again' : 'Correct a port, and send it again',
      requires: edit,
      params: PortPath,
      body: method === 'PUT' ? PortSchema : freeObject(),
      responses: { 200: PortSchema },
      handle: async (context, { principal, scope, params, body }) => {
        const failure = method === 'PATCH' ? removalFailure(body, ['portingWireType', 'wirelessPin']) : undefined
        if (failure !== undefined) return err(failure)
        const revised = await revisePort(context, principal, scope, portingCarrierOf(context), portIdOf(params.portId), (before) => {
          const checked = checkPortBody(method === 'PUT' ? body : mergePatch(portView(before), body))
          return checked.ok ? readPortTerms(checked.value, { phoneNumbers: phoneNumbersOf(before) }) : checked
        })
        return revised.ok ? ok({ status: 200, body: portView(revised.value) }) : revised
      },
    }),
  ),
  accountOperation({
    method: 'DELETE',
    path: `${ITEM}/cancelport`,
    tag: TAG,
    summary: 'Give a port up; its numbers leave the account',
    requires: { permission: 'PhoneNumber', level: 'DELETE' },
    params: PortPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const cancelled = await cancelPort(context, principal, scope, portIdOf(params.portId), { allowAfterApproval: true })
      return cancelled.ok ? ok({ status: 204 }) : cancelled
    },
  }),
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/triggerport`,
    tag: TAG,
    summary: 'Start the cut now, once the losing carrier agreed',
    requires: edit,
    params: PortPath,
    responses: { 200: undefined, 202: undefined },
    handle: async (context, { principal, scope, params }) => {
      const triggered = await triggerPort(context, principal, scope, portingCarrierOf(context), portIdOf(params.portId))
      return triggered.ok ? ok({ status: triggered.value === 'started' ? 202 : 200 }) : triggered
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/loa`,
    tag: TAG,
    summary: 'Download the letter of authorization',
    requires: read,
    params: PortPath,
    responses: { 200: Type.String({ format: 'binary' }) },
    handle: async (context, { scope, params }) => {
      const letter = await readLetter(context, scope, portIdOf(params.portId))
      if (!letter.ok) return letter
      const { content_type: contentType, file_name: fileName, bytes } = letter.value
      // Whatever was uploaded is saved, never shown, by a browser.
      const headers = { 'content-disposition': `attachment; filename="${fileName}"`, 'x-content-type-options': 'nosniff' }
      return ok({ status: 200, contentType, headers, body: Buffer.from(bytes) })
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${ITEM}/loa`,
    tag: TAG,
    summary: 'Upload the letter of authorization: PDF, PNG or JPEG, at most 5 MiB',
    requires: edit,
    params: PortPath,
    body: FileUpload,
    maxUploadBytes: MAX_FORM_BYTES,
    responses: { 200: LetterView },
    handle: async (context, { principal, scope, params, body }) => {
      const stored = await uploadLetter(context, principal, scope, portIdOf(params.portId), body.file)
      return stored.ok ? ok({ status: 200, body: letterView(stored.value) }) : stored
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/loa/metadata`,
    tag: TAG,
    summary: 'What is known of the letter of authorization',
    requires: read,
    params: PortPath,
    responses: { 200: LetterView },
    handle: async (context, { scope, params }) => {
      const letter = await readLetter(context, scope, portIdOf(params.portId))
      return letter.ok ? ok({ status: 200, body: letterView(letter.value) }) : letter
    },
  }),
]
