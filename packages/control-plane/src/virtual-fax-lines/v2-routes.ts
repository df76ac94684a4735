import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { type ConfigurationObject, configurationObject } from '../account-objects/index.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { accountOperation, idAnswer, IdText, named, type Operation } from '../http/index.ts'
import { LANGUAGES, normalizeLanguageTag } from '../reference-data/index.ts'
import type { VirtualFaxLine } from './fax-line.ts'
import { deleteFaxLine } from './keep-fax.ts'
import { faxMessageOperations } from './message-routes.ts'
import { outboundFaxOperations } from './outbound-fax-routes.ts'
import { faxOutboundOperations } from './outbound-routes.ts'

const DEFAULT_LANGUAGE = 'en-US'

const FaxLineBody = named(
  'VirtualFaxLineRequest',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    emailAddresses: Type.Array(Type.String({ format: 'email', maxLength: 256 }), { maxItems: 50, uniqueItems: true, default: [] }),
    languageTag: Type.Optional(Type.String({ maxLength: 16 })),
  }),
)
const FaxLineView = named(
  'VirtualFaxLine',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    name: Type.String(),
    emailAddresses: Type.Array(Type.String()),
    languageTag: Type.String(),
  }),
)

const faxLines: ConfigurationObject<typeof FaxLineBody, VirtualFaxLine> = {
  type: 'VFAX',
  idForm: 'short',
  historyType: 'VFAX',
  eventName: 'virtual-fax-line',
  nameOf: (line) => line.name,
  keys: (line) => ({ 'name:VFAX': line.name.toLowerCase() }),
  limit: 1000,
  path: 'vfax',
  parameter: 'id',
  tag: 'Virtual Fax Line',
  noun: 'a fax line',
  permission: 'EU_Account',
  createStatus: 200,
  deleteStatus: 200,
  body: FaxLineBody,
  view: FaxLineView,
  read: faxLineOf,
  viewOf: ({ id, partitionId, accountId, attributes }) => ({ id, partitionId, accountId, ...attributes }),
}

const deleteOperation = accountOperation({
  method: 'DELETE',
  path: '/v2/partition/:partitionId/account/:accountId/vfax/:id',
  tag: faxLines.tag,
  summary: `Delete ${faxLines.noun} that nothing uses, with the faxes it has received`,
  requires: { permission: faxLines.permission, level: 'DELETE' },
  params: Type.Object({ partitionId: Type.String(), accountId: Type.String(), id: Type.String({ maxLength: 64 }) }),
  responses: { 200: IdText },
  handle: async (context, { principal, scope, params }) => {
    const deleted = await deleteFaxLine(context, principal, scope, faxLines, params.id)
    return deleted.ok ? ok(idAnswer(params.id)) : deleted
  },
})

export const virtualFaxOperations: readonly Operation[] = [
  ...faxOutboundOperations,
  ...outboundFaxOperations,
  ...configurationObject(faxLines, { except: ['delete'] }),
  deleteOperation,
  ...faxMessageOperations,
]

function faxLineOf({ name, emailAddresses, languageTag = DEFAULT_LANGUAGE }: Static<typeof FaxLineBody>): Result<VirtualFaxLine, ApiFailure> {
  const language = normalizeLanguageTag(languageTag)
  if (language === undefined)
    return err(invalidField('languageTag', `"${languageTag}" is not spoken here`, `one of ${LANGUAGES.map(({ id }) => id).join(', ')}`))
  // One box under two spellings would get every fax twice.
  const boxes = emailAddresses.map((address) => address.toLowerCase())
  const twice = emailAddresses.find((_address, index) => boxes.indexOf(boxes[index] ?? '') !== index)
  if (twice !== undefined) return err(invalidField('emailAddresses', `names ${twice} twice`, 'every address once'))
  return ok({ name, emailAddresses, languageTag: language })
}
