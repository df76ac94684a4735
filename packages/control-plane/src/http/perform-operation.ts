import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, enterAccount, enterPartition, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, invalidField, invalidFields, notPermitted } from '../failures/index.ts'
import { isAllowed } from './admit-request.ts'
import type { HttpMethod, Operation, Reply } from './operation.ts'
import { checkSchema, withoutNulls } from './schema-validation.ts'
import { unstorableText } from './storable-text.ts'

/** One call of the interface, without HTTP around it. */
export interface OperationCall {
  readonly method: HttpMethod
  /** As registered; how its `:name` parameters are called there does not matter. */
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  /** Changed in place by the check: defaults and types are applied. */
  readonly body?: unknown
  /** The account of the path, when the caller was proven to reach it already. */
  readonly scope?: AccountScope
}

/** Does what a request would do, with the same permission, tenant, schema and use case: for bulk rows and whatever else is many requests in one. */
export type PerformOperation = (context: Context, principal: Principal, call: OperationCall) => Promise<Result<Reply, ApiFailure>>

export interface OperationPerformer {
  /** Tells it the operations it can perform. @returns the same. */
  readonly learn: (operations: readonly Operation[]) => readonly Operation[]
  readonly perform: PerformOperation
  /** Whether there is such an operation and the caller may use it; says nothing about the tenant. */
  readonly admits: (principal: Principal, call: Pick<OperationCall, 'method' | 'path'>) => Result<undefined, ApiFailure>
  /** What is wrong with a body, as the operation itself would say it. */
  readonly check: (call: Pick<OperationCall, 'method' | 'path' | 'body'>) => Result<unknown, ApiFailure>
}

/** It knows no operation until it is told. */
export function operationPerformer(): OperationPerformer {
  const known = new Map<string, Operation>()
  const find = (call: Pick<OperationCall, 'method' | 'path'>): Operation | undefined => known.get(keyOf(call))
  const admits: OperationPerformer['admits'] = (principal, call) => {
    const operation = find(call)
    if (operation === undefined) return err(invalidField('operation', 'is not part of this version', `${call.method} ${call.path}`))
    return isAllowed(operation, principal, {}) ? ok(undefined) : err(notPermitted('This token does not have the permission for this operation.'))
  }
  return {
    learn: (operations) => {
      for (const operation of operations) known.set(keyOf(operation), operation)
      return operations
    },
    admits,
    check: (call) => {
      const operation = find(call)
      return operation === undefined ? ok(call.body) : checkBody(operation, call.body)
    },
    perform: async (context, principal, call) => {
      const admitted = admits(principal, call)
      const operation = find(call)
      if (!admitted.ok || operation === undefined) return admitted.ok ? err(notPermitted()) : admitted
      const named = paramsOf(operation, call)
      const scope = call.scope === undefined ? await enterScope(context, principal, operation, named) : ok(call.scope)
      if (!scope.ok) return scope
      const params = operation.params === undefined ? ok(named) : checkSchema(operation.params, named, 'path')
      if (!params.ok) return params
      const query = operation.query === undefined ? ok({}) : checkSchema(operation.query, {}, 'query')
      if (!query.ok) return query
      const body = checkBody(operation, call.body)
      if (!body.ok) return body
      const input = { params: params.value, query: query.value, body: body.value, principal, token: '', remoteAddress: '', origin: '', headers: {} }
      return operation.run(context, input, scope.value)
    },
  }
}

const PARAMETER = /:(\w+)/g

function keyOf({ method, path }: Pick<OperationCall, 'method' | 'path'>): string {
  return `${method} ${path.replaceAll(PARAMETER, ':')}`
}

/** The values of the call under the names of the operation, place by place. */
function paramsOf(operation: Operation, call: OperationCall): Record<string, string> {
  const names = [...operation.path.matchAll(PARAMETER)].map((match) => match[1] ?? '')
  const given = [...call.path.matchAll(PARAMETER)].map((match) => call.params[match[1] ?? ''] ?? '')
  return Object.fromEntries(names.map((name, place) => [name, given[place] ?? '']))
}

async function enterScope(
  context: Context,
  principal: Principal,
  operation: Operation,
  { partitionId = '', accountId = '' }: Readonly<Record<string, string>>,
): Promise<Result<PartitionScope | AccountScope | undefined, ApiFailure>> {
  if (operation.scope === 'none') return ok(undefined)
  const partition = enterPartition(principal, partitionId)
  if (!partition.ok) return partition
  if (operation.scope === 'partition')
    return principal.accountId !== undefined && operation.forAccountUsers !== true ? err(notPermitted('This token is for one account only.')) : partition
  return enterAccount(context.database.sql, principal, partition.value, accountId)
}

/** The body of a request as its operation wants it: storable, present, of its schema. */
export function checkBody(operation: Operation, given: unknown): Result<unknown, ApiFailure> {
  const unstorable = unstorableText(given, 'body', operation.takesForm === true)
  if (unstorable !== undefined) return err(invalidFields([unstorable]))
  if (operation.body === undefined) return ok(given)
  if ((given === undefined || given === null) && operation.mayOmitBody === true) return checkSchema(operation.body, {})
  if (given === undefined || given === null) return err(invalidField('body', 'is missing', 'a JSON body is required', 'BodyRequired'))
  // A patch keeps its nulls: there they mean "remove".
  return checkSchema(operation.body, operation.method === 'PATCH' ? given : withoutNulls(given))
}
