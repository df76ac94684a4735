/** What every operation does alike is written into its published description here, so that no operation has to. */

interface PublishedResponse {
  readonly description?: string
  readonly content?: unknown
}

interface PublishedParameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema?: unknown
}

interface Published {
  readonly security?: readonly unknown[]
  readonly parameters?: readonly PublishedParameter[]
  readonly requestBody?: unknown
  readonly responses?: Readonly<Record<string, PublishedResponse>>
}

const ANSWERS: Readonly<Record<string, string>> = {
  200: 'Done',
  201: 'Made',
  202: 'Begun: a job goes on with it',
  204: 'Done; there is nothing to say',
  301: 'It is elsewhere',
  302: 'It is elsewhere',
  400: 'The request is wrong, or contradicts what is there: details name field, code, reason and rule',
  401: 'There is no token, or it has ended',
  403: 'The caller may not do this here',
  404: 'There is no such thing where the caller may look',
  409: 'It contradicts what is there',
  412: 'If-Match: it was changed since it was read',
  413: 'The body is too large',
  415: 'The content type is none that is taken here',
  422: 'The value cannot be; or the Idempotency-Key was used with another request',
  429: 'Too many requests: Retry-After says when to come again',
  503: 'Not now: Retry-After says when to come again',
}

const KEY: PublishedParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'At most once: with the same key the first answer comes again for 24 hours',
  schema: { type: 'string' },
}
const IF_MATCH: PublishedParameter = {
  name: 'If-Match',
  in: 'header',
  description: 'The ETag of what was read: 412 when somebody was faster',
  schema: { type: 'string' },
}
const DRY_RUN: PublishedParameter = {
  name: 'dryRun',
  in: 'query',
  description: 'true: the answer it would give and what would change, and nothing is done',
  schema: { type: 'boolean' },
}

/** Names that mean the same wherever they stand. */
const PARAMETERS: Readonly<Record<string, string>> = {
  partitionId: 'The id of a partition: that of the login, or one below it',
  accountId: 'The id of an account of the partition',
  userId: 'The id of a user',
  accountIdType: 'What accountId is: Id, AccountNumber, PhoneNumber or MacAddress',
  tn: 'A telephone number: 11 digits beginning with 1, with or without +',
  telephoneNumber: 'A telephone number: 11 digits beginning with 1, with or without +',
  phoneNumber: 'A telephone number: 11 digits beginning with 1, with or without +',
  macAddress: 'A MAC address: 12 hexadecimal digits, separators do not matter',
  pageSize: 'Asks for pages of so many; the Link header leads to the next one',
  cursor: 'Where the next page begins: from the Link header, with the same filters',
  limit: 'At most so many',
  maxResult: 'At most so many',
  offset: 'After so many',
  firstResultIndex: 'After so many',
  startDate: 'From this day on, yyyy-MM-dd, in the time zone of the account or partition',
  endDate: 'Up to this day, inclusive',
  format: 'xml: the answer as XML',
}

/** @param operation of the document, with a status for each answer it names itself */
export function withManners(method: string, path: string, operation: Published): object {
  const isWrite = method !== 'get'
  const isPublic = operation.security?.length === 0
  const { responses = {}, parameters = [] } = operation
  const failure = Object.entries(responses).find(([status]) => status.startsWith('4'))?.[1].content
  const further = [
    ...(isWrite && !isPublic ? ['422'] : []),
    ...(isChange(method) && !isPublic ? ['412'] : []),
    ...(operation.requestBody === undefined ? [] : ['413', '415']),
    '429',
  ]
  const added = further.filter((status) => !(status in responses)).map((status) => [status, failure === undefined ? {} : { content: failure }] as const)
  const answers = [...Object.entries(responses), ...added].map(([status, answer]) => [status, { ...answer, description: describe(status, answer) }] as const)
  const known = new Set(parameters.map(({ name }) => name))
  const manners = isWrite && !isPublic ? [DRY_RUN, KEY, ...(isChange(method) ? [IF_MATCH] : [])] : []
  return {
    operationId: operationIdOf(method, path),
    ...operation,
    parameters: [...parameters.map(described), ...manners.filter(({ name }) => !known.has(name))],
    responses: Object.fromEntries(answers),
  }
}

function isChange(method: string): boolean {
  return method === 'put' || method === 'patch' || method === 'delete'
}

function describe(status: string, { description }: PublishedResponse): string {
  return description === undefined || description === 'Default Response' ? (ANSWERS[status] ?? 'An answer') : description
}

function described(parameter: PublishedParameter): PublishedParameter {
  const description = parameter.description ?? PARAMETERS[parameter.name]
  return description === undefined ? parameter : { ...parameter, description }
}

/** `GET /v2/partition/{partitionId}/account/{accountId}` is `getV2PartitionAccountByAccountId`: one name for one path, whatever else is added. */
export function operationIdOf(method: string, path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '')
  const words = segments.map((segment, place) => {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1]
    if (name === undefined) return pascal(segment)
    if (place === segments.length - 1) return `By${pascal(name)}`
    // Nearly everything is in a partition, and in an account of it.
    return name === 'partitionId' ? '' : name === 'accountId' ? 'Its' : `By${pascal(name)}`
  })
  return `${method}${words.join('')}`
}

function pascal(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
