import { err, ok, type Result } from '@dialtone/foundation'
import type { PartitionScope, Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { inOneUnit } from '../events/index.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import type { HttpMethod, OperationPerformer } from '../http/index.ts'

type Body = Readonly<Record<string, unknown>>

/** A user with the numbers and phones he begins with (public-spec section 7). */
export interface UserActivation {
  readonly user: Body
  readonly telephoneNumberAccounts: readonly Body[]
  readonly ports: readonly Body[]
  readonly devices: readonly Body[]
  readonly holdActivation: boolean
}

export interface Activated {
  readonly account: Body | undefined
  readonly users: readonly Body[]
  readonly devices: readonly Body[]
  readonly numbers: readonly unknown[]
}

const ACCOUNT = '/v2/partition/:partitionId/account'

/**
 * An account, new or there already, and users with what they need, in one transaction and by the operations of each part.
 * @param account a new one's body, or the id of one that is there.
 */
export async function activateUsers(
  context: Context,
  performer: OperationPerformer,
  principal: Principal,
  scope: PartitionScope,
  account: Body | string,
  activations: readonly UserActivation[],
): Promise<Result<Activated, ApiFailure>> {
  const { result } = await inOneUnit(context, async (unit) => {
    const call = async (method: HttpMethod, path: string, params: Readonly<Record<string, string>>, body: unknown): Promise<Result<Body, ApiFailure>> => {
      const reply = await performer.perform(unit, principal, { method, path, params: { partitionId: scope.partitionId, ...params }, body })
      return reply.ok ? ok((reply.value.body ?? {}) as Body) : reply
    }
    const made = typeof account === 'string' ? ok(undefined) : await call('POST', ACCOUNT, {}, account)
    if (!made.ok) return made
    const accountId = typeof account === 'string' ? account : String(made.value?.['id'])
    const activated = { account: made.value, users: [] as Body[], devices: [] as Body[], numbers: [] as unknown[] }
    const inAccount = (method: HttpMethod, path: string, body: unknown, more: Readonly<Record<string, string>> = {}) =>
      call(method, `${ACCOUNT}/:accountId/${path}`, { accountId, ...more }, body)
    for (const activation of activations) {
      const user = await inAccount('POST', 'user', activation.user)
      if (!user.ok) return user
      activated.users.push(user.value)
      const userId = String(user.value['id'])
      for (const order of ordersOf(activation, userId)) {
        const added = await inAccount('POST', 'telephonenumber', order.body)
        if (!added.ok) return added
        activated.numbers.push(added.value)
        if (order.callerId === undefined) continue
        const shown = await inAccount('PATCH', 'telephonenumber/:telephoneNumber', { assignAsCallerId: true }, { telephoneNumber: order.callerId })
        if (!shown.ok) return shown
      }
      for (const device of activation.devices) {
        const line = await inAccount('POST', 'deviceline', { ...device, userId })
        if (!line.ok) return line
        activated.devices.push(line.value)
      }
    }
    return ok(activated)
  })
  return result
}

interface NumberOrder {
  readonly body: Body
  /** The number the user shows from now on. */
  readonly callerId: string | undefined
}

/** Numbers of the inventory and numbers that are ported in, each as one request would put them on the account. */
function ordersOf({ telephoneNumberAccounts, ports, holdActivation }: UserActivation, userId: string): readonly NumberOrder[] {
  const reference = { referenceType: 'END_USER', referenceId: userId }
  const numbers = telephoneNumberAccounts.map(
    ({ phoneNumber, assignAsCallerId, functionType, operationalStatus, customerServiceRecord, directoryListing, e911Address, byotnCarrierId }) => ({
      body: given({
        telephoneNumbers: [given({ phoneNumber, functionType, operationalStatus, ...reference })],
        customerServiceRecord,
        directoryListing,
        e911Address,
        byotnCarrierId,
        holdActivation,
      }),
      callerId: assignAsCallerId === true ? String(phoneNumber) : undefined,
    }),
  )
  const ported = ports.map(({ telephoneNumbers, customerServiceRecord, ...port }) => ({
    body: given({
      telephoneNumbers: (Array.isArray(telephoneNumbers) ? telephoneNumbers : []).map((phoneNumber: unknown) => ({ phoneNumber, ...reference })),
      customerServiceRecord,
      directoryListing: { listed: false },
      holdActivation,
      port: { ...port, telephoneNumbers, customerServiceRecord },
    }),
    callerId: undefined,
  }))
  return [...numbers, ...ported]
}

function given(body: Body): Body {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
}

/** Numbers that a carrier finds at the moment of the order have their own operations: what they cost is not known before. */
export function withoutDynamic(body: Body): Result<Body, ApiFailure> {
  const dynamic = ['dynamicTelephoneNumberActivation', 'dynamicTelephoneNumberActivations'].find((name) => {
    const value = body[name]
    return value !== undefined && !(Array.isArray(value) && value.length === 0)
  })
  return dynamic === undefined ? ok(body) : err(invalidField(dynamic, 'cannot be part of an activation', 'order such numbers first, by their own operations'))
}
