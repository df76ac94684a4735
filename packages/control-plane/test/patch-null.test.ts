import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nameOf, pathOf, send } from './tenants/asking.ts'
import { filledBodies } from './tenants/filled-bodies.ts'
import { type FurnishedTenant, furnishTenant } from './tenants/furnished-tenant.ts'
import { isOfTenants, type PublishedOperation, publishedOperations } from './tenants/published-operations.ts'

/** Never shown: they cannot be taken away, and say so. */
const SECRETS = new Set(['adminPassword', 'secret', 'wirelessPin', 'sipPassword'])
/** What is only read: in a body they mean nothing, whatever they say. */
const READ_ONLY = new Set(['id', 'partitionId', 'accountId', 'status', 'loaSaved', 'carrierId', 'carrierType', 'telephoneNumbers', 'createdDate', 'completedDate', 'cancelType', 'focDate', 'focDateTimeZone', 'rejectionCode', 'rejectionReason', 'editableFieldTypes']) // prettier-ignore
/** What no answer shows under that name, or what can be nothing but what it is. By the end of the path and the name. */
const NOT_JUDGED: Readonly<Record<string, string>> = {
  newCppId: 'what to do, no property',
  setupCallingPlan: 'what to do, no property',
  deviceId: 'another word for deviceTypeId',
  deviceType: 'another word for deviceTypeId',
  model: 'another word for deviceTypeId',
  state: 'deprecated, kept nowhere',
  lineType: 'Line and without a reference is what a line of a user is',
  referenceId: 'as lineType',
  greeting: 'the short form of a menu, read as components',
  options: 'the short form of a menu',
  timeout: 'the short form of a menu; of a parking spot it is judged',
  maxRetries: 'the short form of a menu',
  primaryTN: 'another word for primaryTn',
  sideCarTypeId: 'the furnished device takes none',
  numSideCars: 'the furnished device takes none',
  portNow: 'takes the place of a date',
  subType: 'of a group of users there is one',
  pinLockedOut: 'nobody sets it',
  group: 'of the public schema, and nowhere kept',
  overflow: 'of a hunt group, where it and voicemail are one of two; of a queue it is judged',
  scope: 'api is what a rule is for without a word',
  dtmfOption: 'of a Primary box it is 1',
  domain: 'has to be proven first',
  activeForwardConfigurationId: 'chosen among configurations that are made elsewhere',
  holdMusic: 'an uploaded file',
  parentId: 'of a Sub box alone',
  ivrComponentMappings: 'go with the components',
}

/** A rule between two of them may name the other one. */
const RELATED: Readonly<Record<string, string>> = { type: 'dtmfOption', agents: 'requiredSkills', voicemailEnabled: 'voicemailBoxId' }

let platform: TestControlPlane
let tenant: FurnishedTenant
let patches: readonly PublishedOperation[]
let fieldsOf: (operation: PublishedOperation) => readonly string[]

beforeAll(async () => {
  platform = await startTestControlPlane()
  tenant = await furnishTenant(platform, 'Patched')
  const published = await publishedOperations(platform)
  patches = published.operations.filter(isOfTenants).filter(({ method, isAlias }) => method === 'PATCH' && !isAlias)
  fieldsOf = (operation) => published.membersOf(operation.body ?? {})
})
afterAll(() => platform.stop())

type Members = Readonly<Record<string, unknown>>

async function ask(method: 'GET' | 'PATCH', path: string, body?: object): Promise<{ readonly status: number; readonly body: Members }> {
  const { status, text } = await send(platform, tenant.token, { method }, path, body)
  return { status, body: JSON.parse(text === '' ? '{}' : text) as Members }
}

describe('null in a PATCH, for every field of every one there is', () => {
  it('removes what is there or is refused by name: never a 200 with the value still there', { timeout: 120_000 }, async () => {
    const filled = await filledBodies(platform, tenant)
    const wrong: string[] = []
    let judged = 0
    for (const operation of patches) {
      const { ids, body } = filled[operation.path] ?? {}
      if (body === undefined) {
        wrong.push(`${nameOf(operation)}: nobody has filled one`)
        continue
      }
      const path = pathOf(operation, { ...tenant.ids, ...ids })
      const before = await ask('PATCH', path, body)
      if (before.status !== 200) {
        wrong.push(`${nameOf(operation)}: ${before.status} ${JSON.stringify(before.body)}`)
        continue
      }
      const shown = (await ask('GET', path)).body
      for (const field of fieldsOf(operation)) {
        if (operation.path.endsWith('/port/{portId}') && READ_ONLY.has(field)) continue
        const was = shown[field]
        const isSecret = SECRETS.has(field)
        if (!isSecret && (was === undefined || was === null || (field in NOT_JUDGED && !(field in body)))) {
          if (!(field in NOT_JUDGED)) wrong.push(`${nameOf(operation)}: ${field} is not filled`)
          continue
        }
        if (field in NOT_JUDGED && !(field in body)) continue
        judged++
        const answer = await ask('PATCH', `${path}?dryRun=true`, { [field]: null })
        const details = (answer.body['details'] ?? []) as readonly { readonly field?: string }[]
        const isRefused =
          answer.status >= 400 &&
          answer.status < 500 &&
          details.some((detail) => detail.field === field || detail.field?.startsWith(`${field}.`) === true || RELATED[field] === detail.field)
        const would = (answer.body['would'] as { readonly body?: Members } | undefined)?.body?.[field]
        const isGone = !isSecret && answer.status === 200 && JSON.stringify(would) !== JSON.stringify(was)
        if (!isRefused && !isGone)
          wrong.push(`${nameOf(operation)} ${field}: ${answer.status} ${String(answer.body['errorCode'])} ${JSON.stringify(would ?? '').slice(0, 60)}`)
      }
    }
    expect(wrong).toEqual([])
    expect(judged).toBeGreaterThan(150)
  })
})
