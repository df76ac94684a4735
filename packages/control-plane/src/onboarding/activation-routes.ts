import { ok, type Result } from '@dialtone/foundation'
import Type from 'typebox'
import type { ApiFailure } from '../failures/index.ts'
import { accountOperation, freeObject, named, type Operation, type OperationPerformer, partitionOperation } from '../http/index.ts'
import { activateUsers, type UserActivation, withoutDynamic } from './activate-users.ts'

const MAX_USERS = 2
const MAX_NUMBERS = 100
const list = () => Type.Optional(Type.Array(freeObject(), { maxItems: MAX_NUMBERS }))

const EndUserActivation = named(
  'EndUserActivation',
  Type.Object({
    user: freeObject(),
    device: Type.Optional(freeObject()),
    telephoneNumberAccount: Type.Optional(freeObject()),
    dynamicTelephoneNumberActivation: Type.Optional(freeObject()),
    port: Type.Optional(freeObject()),
    holdActivation: Type.Optional(Type.Boolean()),
  }),
)
const AccountActivation = named('AccountActivation', Type.Object({ ...EndUserActivation.properties, account: freeObject() }))
const MultipleActivation = named(
  'MultipleActivation',
  Type.Object({
    account: freeObject(),
    endUsers: Type.Optional(
      Type.Array(
        Type.Object({
          user: freeObject(),
          telephoneNumberAccounts: list(),
          dynamicTelephoneNumberActivations: list(),
          ports: list(),
          holdActivation: Type.Optional(Type.Boolean()),
        }),
        { maxItems: MAX_USERS },
      ),
    ),
  }),
)

type Part = Readonly<Record<string, unknown>>
interface Single {
  readonly user: Part
  readonly device?: Part
  readonly telephoneNumberAccount?: Part
  readonly port?: Part
  readonly holdActivation?: boolean
}

/** Several things at once, as the provisioning interface groups them; all or nothing, by the operations of each part. */
export function activationOperations(performer: OperationPerformer): readonly Operation[] {
  return [
    partitionOperation({
      method: 'POST',
      path: '/v2/partition/:partitionId/account/activation/multiple',
      tag: 'Account',
      summary: 'Make an account with up to two users, each with numbers, all or nothing',
      requires: { permission: 'Account', level: 'CREATE' },
      body: MultipleActivation,
      responses: { 200: Type.Object({ success: Type.Boolean(), message: Type.String() }) },
      handle: async (context, { principal, scope, body }) => {
        const activations: UserActivation[] = []
        for (const { user, telephoneNumberAccounts = [], ports = [], holdActivation = false, ...rest } of body.endUsers ?? []) {
          const plain = withoutDynamic(rest)
          if (!plain.ok) return plain
          activations.push({ user, telephoneNumberAccounts, ports, devices: [], holdActivation })
        }
        const activated = await activateUsers(context, performer, principal, scope, body.account, activations)
        return activated.ok ? ok({ status: 200, body: { success: true, message: `account ${String(activated.value.account?.['id'])}` } }) : activated
      },
    }),
    partitionOperation({
      method: 'POST',
      path: '/v2/partition/:partitionId/account/activation',
      tag: 'Account',
      summary: 'Make an account with one user, his number and phone, all or nothing',
      requires: { permission: 'Account', level: 'CREATE' },
      body: AccountActivation,
      responses: { 200: AccountActivation },
      handle: async (context, { principal, scope, body: { account, ...single } }) => {
        const activation = activationOf(single)
        if (!activation.ok) return activation
        const activated = await activateUsers(context, performer, principal, scope, account, [activation.value])
        if (!activated.ok) return activated
        const { users, devices } = activated.value
        return ok({
          status: 200,
          body: { ...single, account: activated.value.account, user: users[0], ...(devices.length === 0 ? {} : { device: devices[0] }) },
        })
      },
    }),
    accountOperation({
      method: 'POST',
      path: '/v2/partition/:partitionId/account/:accountId/user/activation',
      tag: 'End User',
      summary: 'Make a user with his number and phone, all or nothing',
      requires: { permission: 'EU_User', level: 'CREATE' },
      body: EndUserActivation,
      responses: { 200: EndUserActivation },
      handle: async (context, { principal, scope, body: single }) => {
        const activation = activationOf(single)
        if (!activation.ok) return activation
        const activated = await activateUsers(context, performer, principal, scope, scope.accountId, [activation.value])
        if (!activated.ok) return activated
        const { users, devices } = activated.value
        return ok({ status: 200, body: { ...single, user: users[0], ...(devices.length === 0 ? {} : { device: devices[0] }) } })
      },
    }),
  ]
}

function activationOf(body: Single): Result<UserActivation, ApiFailure> {
  const plain = withoutDynamic({ ...body })
  if (!plain.ok) return plain
  const one = (part: Part | undefined): readonly Part[] => (part === undefined ? [] : [part])
  return ok({
    user: body.user,
    telephoneNumberAccounts: one(body.telephoneNumberAccount),
    ports: one(body.port),
    devices: one(body.device),
    holdActivation: body.holdActivation ?? false,
  })
}
