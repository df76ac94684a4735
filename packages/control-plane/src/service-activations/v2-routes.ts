import { err, ok } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import Type from 'typebox'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, oneOf, type Operation } from '../http/index.ts'
import { findActivation } from './activation-queries.ts'
import { activationView, ServiceActivationEventView } from './activation-view.ts'
import { SERVICE_TYPES } from './service-activation.ts'

export const ACTIVATION_PATH = '/v2/partition/:partitionId/account/:accountId/reference/:referenceId/type/:serviceType'
export const ActivationPath = Type.Object({
  partitionId: Type.String(),
  accountId: Type.String(),
  referenceId: Type.String(),
  serviceType: oneOf(SERVICE_TYPES),
})

/** A number is named in any spelling; a port or an order by its id. */
export function activationReference(written: string): string {
  return normalizePhoneNumber(written) ?? written
}

export const serviceActivationOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: ACTIVATION_PATH,
    tag: 'Service Activation',
    summary: 'How far an activation, a port, a disconnect or a 911 registration is',
    requires: { permission: 'PhoneNumberServiceActivation', level: 'READ' },
    params: ActivationPath,
    responses: { 200: ServiceActivationEventView },
    handle: async (context, { scope, params }) => {
      const { serviceType } = params
      const found = await findActivation(context.database.sql, scope, { serviceType, referenceId: activationReference(params.referenceId) })
      if (found === undefined) return err(entityNotFound('ServiceActivationEvent', params.referenceId))
      return ok({ status: 200, body: activationView(found.row, found.logs) })
    },
  }),
]
