import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type TObject, type TSchema } from 'typebox'
import type { AccountScope, Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { named, type Operation, type Reply } from '../http/index.ts'
import { readDirectoryListing, withoutBlanks } from '../telephone-numbers/index.ts'
import { checkPortBody, PortSchema, readPortTerms } from './port-body.ts'
import type { PortRecord } from './port-record.ts'
import { portView } from './port-view.ts'
import { readNumbersToPort } from './read-numbers-to-port.ts'
import { portingCarrierOf } from './porting-carrier-of.ts'
import { type PortSubmission, submitPort } from './submit-port.ts'

const ADD_NUMBERS = '/v2/partition/:partitionId/account/:accountId/telephonenumber'

/** "Add numbers to the account" asks for a port when its body has one (public-spec section 10): that request is ours. */
export function withPorts(operations: readonly Operation[]): readonly Operation[] {
  return operations.map((operation) =>
    operation.method === 'POST' && operation.path === ADD_NUMBERS
      ? {
          ...operation,
          body: withPort(operation.body),
          responses: { ...operation.responses, 200: withPort(operation.responses[200]) },
          run: (context, input, scope) => {
            const body = input.body as Readonly<Record<string, unknown>>
            const isPort = body['port'] !== undefined && body['port'] !== null
            if (!isPort || input.principal === undefined || scope === undefined || !('accountId' in scope)) return operation.run(context, input, scope)
            return addByPort(context, input.principal, scope, body)
          },
        }
      : operation,
  )
}

/** The same schema with the port in it: the slice of numbers does not know ports. */
function withPort(schema: TSchema | undefined): TSchema {
  const { title, properties } = (schema as (TObject & { readonly title?: string }) | undefined) ?? { title: undefined, properties: {} }
  const extended = Type.Object({ ...properties, port: Type.Optional(PortSchema) })
  return title === undefined ? extended : named(title, extended)
}

async function addByPort(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  body: Readonly<Record<string, unknown>>,
): Promise<Result<Reply, ApiFailure>> {
  const submission = readSubmission(body)
  if (!submission.ok) return submission
  const port = await submitPort(context, principal, scope, portingCarrierOf(context), submission.value)
  return port.ok ? ok({ status: 200, body: answerOf(scope, submission.value, port.value) }) : port
}

function readSubmission(body: Readonly<Record<string, unknown>>): Result<PortSubmission, ApiFailure> {
  if (typeof body['port'] !== 'object') return err(invalidField('port', 'has the wrong type', 'an object'))
  const port = checkPortBody(body['port'])
  if (!port.ok) return port
  const numbers = readNumbersToPort(body['telephoneNumbers'] ?? port.value.telephoneNumbers)
  if (!numbers.ok) return numbers
  const phoneNumbers = numbers.value.map((number) => number.phoneNumber)
  const terms = readPortTerms(port.value, { customerServiceRecord: body['customerServiceRecord'], phoneNumbers })
  if (!terms.ok) return terms
  const listing = body['directoryListing']
  const directoryListing = listing === undefined ? ok({ listed: false, type: 'PORTED' as const, address: undefined }) : readDirectoryListing(listing)
  if (!directoryListing.ok) return directoryListing
  return ok({
    numbers: numbers.value,
    terms: terms.value,
    directoryListing: directoryListing.value,
    e911Address: body['e911Address'],
    isOnHold: body['holdActivation'] === true,
  })
}

/** The shape of the request, completed (S1-86). */
function answerOf(scope: AccountScope, submission: PortSubmission, port: PortRecord) {
  const view = portView(port)
  return {
    partitionId: scope.partitionId,
    accountId: scope.accountId,
    port: view,
    customerServiceRecord: withoutBlanks(port.details.customerServiceRecord),
    directoryListing: withoutBlanks(port.details.directoryListing),
    e911Address: typeof submission.e911Address === 'object' && submission.e911Address !== null ? withoutBlanks(submission.e911Address) : {},
    holdActivation: submission.isOnHold,
    telephoneNumbers: submission.numbers.map((number) =>
      withoutBlanks({ id: number.phoneNumber, ...number, carrierStatus: view.status, portId: port.id, operationalStatus: 'ACTIVE' }),
    ),
  }
}
