import { ok } from '@dialtone/foundation'
import Type from 'typebox'
import { freeObject, named, type Operation, type OperationPerformer, partitionOperation } from '../http/index.ts'
import { SECTIONS } from './customer-document.ts'
import { onboardCustomer } from './onboard-customer.ts'

const MAX_ITEMS = 1000
const section = () => Type.Optional(Type.Array(freeObject(), { maxItems: MAX_ITEMS }))

/** Each member is what the operation of its section takes; `as` names it for `"$name"` further on. */
const CustomerDocument = named(
  'CustomerDocument',
  Type.Object({
    account: freeObject(),
    ...Object.fromEntries(SECTIONS.map(({ name }) => [name, section()])),
    destinations: section(),
    emergencyNotification: Type.Optional(freeObject()),
  }),
)
const OnboardedView = named('OnboardedCustomer', Type.Object({ account: freeObject(), created: Type.Record(Type.String(), Type.Array(freeObject())) }))

export function onboardingOperations(performer: OperationPerformer): readonly Operation[] {
  return [
    partitionOperation({
      method: 'POST',
      path: '/v2/partition/:partitionId/onboarding',
      tag: 'Account',
      summary: 'Make a whole customer of one document: account, numbers, users, devices, lines, groups and 911, all or nothing',
      requires: { permission: 'Account', level: 'CREATE' },
      body: CustomerDocument,
      responses: { 200: OnboardedView },
      handle: async (context, { principal, scope, body }) => {
        const onboarded = await onboardCustomer(context, performer, principal, scope, body)
        return onboarded.ok ? ok({ status: 200, body: onboarded.value }) : onboarded
      },
    }),
  ]
}
