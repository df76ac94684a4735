import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nameOf, pathOf, pictureOf, send } from './tenants/asking.ts'
import { filesOf, type FurnishedTenant, furnishTenant, type Ids, strangerOf, uploaded } from './tenants/furnished-tenant.ts'
import { isOfTenants, type PublishedOperation, publishedOperations } from './tenants/published-operations.ts'

/** Occurs in everything the victim owns. */
const MARK = 'OnlyForTheVictim'

const JOB_TYPES: Readonly<Record<string, (ids: Ids) => readonly Readonly<Record<string, string | undefined>>[]>> = {
  'create users': (ids) => [
    { firstName: 'In', lastName: 'Truder', extension: '4666', callingPlan: ids['planProductId'] },
    { firstName: 'In', lastName: 'Truder', extension: '4667', callerIdNumber: ids['number'], voicemailBoxId: ids['voicemailBoxId'] },
  ],
  'create telephone numbers': (ids) =>
    ['userId', 'sipTrunkId', 'ivrId', 'businessLineId', 'queueId'].map((key) => ({
      phoneNumber: '16045558001',
      referenceType: { userId: 'END_USER', sipTrunkId: 'SIP_TRUNK', ivrId: 'IVR', businessLineId: 'BUSINESS_LINE', queueId: 'CALL_QUEUE' }[key],
      referenceId: ids[key],
    })),
  'delete users': (ids) => [{ userId: ids['userId'] }, { username: ids['username'] }, { emailAddress: ids['username'] }],
  'delete telephone numbers': (ids) => [{ phoneNumber: ids['number'] }],
  ...Object.fromEntries(
    ['UPDATE_CALLING_PLAN', 'UPDATE_VOICEMAIL_SETTINGS', 'UPDATE_CALL_FORWARDING', 'UPDATE_DEVICE_CONFIGURATION', 'DELETE_USERS', 'PROVISION_FEATURES'].map(
      (type) => [type, (ids: Ids) => [{ userId: ids['userId'] }, { username: ids['username'] }, { extension: '4000' }]],
    ),
  ),
}
const PARAMETERS: Readonly<Record<string, (ids: Ids) => object>> = {
  UPDATE_CALLING_PLAN: (ids) => ({ callingPlanId: ids['planProductId'] }),
  UPDATE_VOICEMAIL_SETTINGS: (ids) => ({ parentId: ids['voicemailBoxId'] }),
  UPDATE_CALL_FORWARDING: (ids) => ({ callHandlingSettings: { callHandlingOptionType: 'FindMeFollowMe', findMeFollowMeCallHandling: { findMeEndpoints: [{ type: 'USER', toUserId: ids['userId'] }] } } }), // prettier-ignore
  UPDATE_DEVICE_CONFIGURATION: (ids) => ({ userId: ids['userId'], emergencyNumber: ids['number'] }),
  PROVISION_FEATURES: (ids) => ({ callerIdConfig: { callerIdNumber: ids['number'] }, newCppId: ids['planProductId'], voicemailBoxId: ids['voicemailBoxId'] }),
}

const STATUS_FILE = (ids: Ids) => `AccountNumber,Status\n${ids['accountNumber']},SUSPENDED\n${ids['accountId']},SUSPENDED\n`
const DEVICE_FILE = (ids: Ids) => `MAC_ADDRESS,DEVICE_TYPE_ID\n${ids['macAddress']},SPA112\n`
const NUMBER_FILE = (ids: Ids) =>
  `PhoneNumber,RateCenter,State,OperationalStatus,CarrierId,AccountId\n${ids['number']},X,UT,ACTIVE,${ids['inboundCarrierId']},${ids['accountId']}\n`
/** The file of an operation with ids of somebody in its rows; undefined where rows name nothing that anybody has. */
const FILES: Readonly<Record<string, ((ids: Ids) => string) | undefined>> = {
  'POST /v2/partition/{partitionId}/account/bulkstatuschange': STATUS_FILE,
  'POST /v2/partition/{partitionId}/account/bulkstatuschange_2': STATUS_FILE,
  'POST /v2/partition/{partitionId}/deviceinventory': DEVICE_FILE,
  'POST /v2/partition/{partitionId}/deviceinventory_2': DEVICE_FILE,
  'POST /v2/partition/{partitionId}/deviceinventory/import': DEVICE_FILE,
  'POST /v2/partition/{partitionId}/deviceinventory/delete': DEVICE_FILE,
  'POST /v2/partition/{partitionId}/telephonenumber/bulkimport': NUMBER_FILE,
  'POST /v2/partition/{partitionId}/telephonenumber/bulkimport_2': NUMBER_FILE,
  'POST /v2/partition/{partitionId}/managementuser/usergroups': (ids) => `username,firstName,lastName,roles\n${ids['manager']},In,Truder,Administrator\n`,
  'POST /v2/partition/{partitionId}/account/{accountId}/device/{macAddress}': (ids) =>
    `LINE_NUMBER,LINE_TYPE,REFERENCE,REFERENCE_NAME\n2,AdvancedSharedLine,${ids['userId']},x\n`,
  // Prices, prefixes and stocks of rate centres; sounds and letters.
  'POST /v2/partition/{partitionId}/callingplanproduct/import': undefined,
  'POST /v2/partition/{partitionId}/callingplanproduct/{cppId}/callingplanproductdefinition': undefined,
  'POST /v2/partition/{partitionId}/localprefixes/import': undefined,
  'POST /v2/partition/{partitionId}/ratecenter/inventoryplan': undefined,
  'POST /v2/partition/{partitionId}/ratecenter/inventoryplan_2': undefined,
  'POST /v2/partition/{partitionId}/account/{accountId}/media': undefined,
  'POST /v2/partition/{partitionId}/account/{accountId}/media_2': undefined,
  'POST /v2/partition/{partitionId}/account/{accountId}/vfax/outbound/fax': undefined,
  'POST /v2/partition/{partitionId}/account/{accountId}/port/{portId}/loa': undefined,
  'PUT /v2/partition/{partitionId}/account/{accountId}/voicemailbox/{voicemailBoxId}/greetings/{greetingType}/media': undefined,
  'PUT /v2/partition/{partitionId}/account/{accountId}/business-line/voicemail-box/{voicemailBoxId}/greetings/{greetingType}/media': undefined,
  // The collections and jobs below.
  'POST /v2/bulk-user-operation/collection': undefined,
  'POST /v2/bulk-user-operation/job': undefined,
}
/** A number or a device is one on the whole platform: whoever brings one is told that it is there already, and not whose. */
const TAKEN = /DuplicatePhoneNumber|DuplicateMACAddress|TelephoneNumberInUse|InvalidPhoneNumber|MacAddressInUse/

let platform: TestControlPlane
let attacker: FurnishedTenant
let victim: FurnishedTenant
let stranger: Ids
let operations: readonly PublishedOperation[]
let fields: (operation: PublishedOperation) => readonly string[]

beforeAll(async () => {
  platform = await startTestControlPlane()
  attacker = await furnishTenant(platform, 'Attacker')
  victim = await furnishTenant(platform, MARK)
  stranger = strangerOf(victim.ids)
  const published = await publishedOperations(platform)
  operations = published.operations.filter(isOfTenants)
  fields = ({ body }) => published.textsIn(body ?? {}).map(({ path }) => path.join('.'))
})
afterAll(() => platform.stop())

const takesRows = (operation: PublishedOperation): boolean => operation.takesForm || fields(operation).includes('key')

/** What became of rows, with the ids that were in them, and what is new each time, taken out. */
function withoutIds(text: string, ids: Ids): string {
  let rest = text
  for (const id of Object.values(ids).toSorted((one, other) => other.length - one.length)) rest = rest.replaceAll(id, '…')
  // Ids of what was made, keys of files, times.
  return rest.replaceAll(/(?<![\w-])[\w-]{22}(?![\w-])|"(inputKey|requestId|traceId|timestamp|lastUpdated)":"[^"]*"/g, '')
}

async function sendFile(operation: PublishedOperation, content: string): Promise<string> {
  const url = pathOf(operation, attacker.ids)
  if (!operation.takesForm) return (await send(platform, attacker.token, operation, url, { key: await uploaded(platform, attacker.token, content) })).text
  const headers = { 'x-auth-token': attacker.token, 'content-type': 'text/csv' }
  return (await platform.plane.http.inject({ method: operation.method, url, headers, payload: content })).body
}

/** The job that was started last, with what it wrote. */
async function lastJob(): Promise<string> {
  const [jobs = '[]', newest = ''] = await filesOf(platform, attacker.token)
  return `${JSON.stringify((JSON.parse(jobs) as unknown[])[0])} ${newest}`
}

async function bulk(type: string, ids: Ids): Promise<string> {
  const call = (method: 'GET' | 'POST', path: string, body?: unknown) => platform.call(method, `/v2/bulk-user-operation/${path}`, body, attacker.token)
  const isOperation = type === type.toUpperCase()
  const input = { 'create users': 'CreateUserInput', 'create telephone numbers': 'CreateTelephoneNumberInput', 'delete users': 'DeleteUserInput' }[type]
  const transformObjectType = isOperation ? 'DeleteUserInput' : (input ?? 'DeleteTelephoneNumberInput')
  const made = await call('POST', 'collection', { transformObjectType, transformObjects: JOB_TYPES[type]?.(ids), targetAccountId: attacker.ids['accountId'] })
  const started = await call('POST', 'job', {
    ...(isOperation ? { operation: type } : { jobTypeId: type }),
    inputCollectionId: made.body['id'],
    targetAccountId: attacker.ids['accountId'],
    parameters: PARAMETERS[type]?.(ids) ?? {},
  })
  await platform.plane.settled()
  await platform.plane.jobsDone()
  const results = await call('GET', `job/${String(started.body['id'] ?? started.body['jobId'])}/results`)
  return `${started.status} ${JSON.stringify(started.status < 300 ? results.body : started.body)}`
}

describe('rows that name what another tenant has', () => {
  it('every operation that takes rows has a file to be tried with, or rows that name nothing', () => {
    expect(operations.filter(takesRows).map(nameOf).filter((name) => !(name in FILES))).toEqual([])
    expect(Object.keys(FILES).filter((name) => !operations.some((operation) => nameOf(operation) === name))).toEqual([])
  }) // prettier-ignore

  it('in files: each row ends as one that names nothing there is, and the victim is as before', { timeout: 120_000 }, async () => {
    const before = await pictureOf(platform, operations, victim)
    const wrong: string[] = []
    for (const [turn, operation] of operations.entries()) {
      const file = FILES[nameOf(operation)]
      if (file === undefined) continue
      const told = async (ids: Ids) => withoutIds(`${await sendFile(operation, file(ids))} ${operation.takesForm ? '' : await lastJob()}`, ids)
      const ofVictim = await told(victim.ids)
      const ofNobody = await told(strangerOf(victim.ids, turn))
      if (ofVictim.includes(MARK) || (ofVictim !== ofNobody && !TAKEN.test(ofVictim))) wrong.push(`${nameOf(operation)}: ${ofVictim} | nobody's: ${ofNobody}`)
    }
    expect(wrong).toEqual([])
    expect(await pictureOf(platform, operations, victim)).toEqual(before)
  })

  it('in collections, by every kind of job: the same', { timeout: 120_000 }, async () => {
    const before = await pictureOf(platform, operations, victim)
    const refused = await platform.call('POST', '/v2/bulk-user-operation/job', { operation: 'NOTHING' }, attacker.token)
    const known = /one of ([A-Za-z_, ]+)/.exec(JSON.stringify(refused.body))?.[1]?.split(', ') ?? []
    expect(Object.keys(JOB_TYPES).toSorted()).toEqual(known.toSorted())
    const wrong: string[] = []
    for (const type of known) {
      const ofVictim = withoutIds(await bulk(type, victim.ids), victim.ids)
      const ofNobody = withoutIds(await bulk(type, stranger), stranger)
      if (ofVictim.includes(MARK) || ofVictim !== ofNobody) wrong.push(`${type}: ${ofVictim} | nobody's: ${ofNobody}`)
    }
    expect(wrong).toEqual([])
    expect(await pictureOf(platform, operations, victim)).toEqual(before)
    const shown = [...(await pictureOf(platform, operations, attacker))].filter(([, text]) => text.includes(MARK))
    expect(shown).toEqual([])
  })
})
