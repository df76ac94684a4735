import type { TestControlPlane } from '@dialtone/testkit'
import type { FurnishedTenant, Ids } from './furnished-tenant.ts'
import type { PublishedOperation } from './published-operations.ts'

const PATH_IDS: Readonly<Record<string, string>> = {
  ...{ telephoneNumber: 'number', phoneNumber: 'number', tn: 'number', deviceLineId: 'lineId', deviceId: 'lineId', callingPlanProductId: 'planProductId', cppId: 'planProductId' },
  ...{ callingPlanId: 'planId', objectId: 'userId', referenceId: 'userId', agentId: 'userId', groupId: 'sipTrunkGroupId', entity: 'trunk', id: 'trunk', macaddress: 'macAddress' },
} // prettier-ignore
const WORDS: Ids = { objectType: 'END_USER', greetingType: 'Personal', type: 'ACCOUNT', serviceType: 'ACTIVATION', reason: 'BUSY', lineNumber: '1', extension: 'csv', version: '1', param1: 'status', param2: 'now' } // prettier-ignore

/** Somebody's own thing for every place of a path. */
export function pathOf({ path }: Pick<PublishedOperation, 'path'>, ids: Ids): string {
  const resource = path.split('/')[1] ?? ''
  const own = { devices: 'device', domains: 'domain', orgips: 'orgips', organizations: 'organization' }[resource]
  return path.replaceAll(/\{(\w+)\}/g, (_text, name: string) => {
    const isEntity = name === 'entity' || (name === 'id' && !path.startsWith('/v2'))
    const key = isEntity && own !== undefined ? own : (PATH_IDS[name] ?? name)
    return encodeURIComponent(ids[key] ?? WORDS[name] ?? 'nobody')
  })
}

export const nameOf = ({ method, path }: PublishedOperation): string => `${method} ${path}`

export interface Answer {
  readonly status: number
  readonly text: string
}

export async function send(
  platform: TestControlPlane,
  token: string,
  { method }: Pick<PublishedOperation, 'method'>,
  path: string,
  body: unknown,
): Promise<Answer> {
  const headers = { 'x-auth-token': token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
  const answer = await platform.plane.http.inject({ method, url: path, headers, ...(body === undefined ? {} : { payload: JSON.stringify(body) }) })
  return { status: answer.statusCode, text: answer.body }
}

/** Names that are one on the whole platform: whoever wants one is told that somebody has it, and not who. */
export const TAKEN =
  /"errorCode":"(DuplicateMACAddress|SipUsernameInUse|DuplicateUsername|DuplicatePhoneNumber|TelephoneNumberInUse)"|The number is on this platform already/

/** What an answer tells of an id: what is found, or how it fails and why, with the id itself and what differs each time taken out. */
export function told({ method }: PublishedOperation, { status, text }: Answer, id: string): string {
  // Of what was made, ids and times are new each time.
  if ((method !== 'GET' && status < 300) || status === 202) return String(status)
  return `${status} ${text.replaceAll(id, '…').replaceAll(/"(timestamp|requestId|request_id|traceId|generatedAt)":("[^"]*"|\d+)/g, '')}`
}

/** Everything a tenant can read of its own. */
export async function pictureOf(
  platform: TestControlPlane,
  operations: readonly PublishedOperation[],
  { token, ids }: FurnishedTenant,
): Promise<ReadonlyMap<string, string>> {
  const picture = new Map<string, string>()
  for (const operation of operations.filter(({ method }) => method === 'GET')) {
    const answer = await send(platform, token, operation, pathOf(operation, ids), undefined)
    // What starts a job is no picture of anything, and lists of jobs and logs show the looking itself.
    if (answer.status !== 202 && !/\/(events|audit|job)$|^\/sipgwping\//.test(operation.path))
      picture.set(operation.path, `${answer.status} ${answer.text.replaceAll(/"(timestamp|requestId|request_id|traceId|url)":"[^"]*"/g, '')}`)
  }
  return picture
}
