import { ManualTime } from '@dialtone/foundation'
import { type Answer, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const BULK = '/v2/bulk-user-operation'

let platform: TestControlPlane
let brand: { readonly token: string; readonly partitionId: string; readonly accountId: string }
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  const manager = { username: 'brand@example.com', password: 'Another-horse-2', firstName: 'B', lastName: 'Operator' }
  const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: 'Brand', manager })
  const partitionId = String(child.body['id'])
  const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
  const account = await platform.call('POST', `/v2/partition/${partitionId}/account`, { accountNumber: 'theirs', accountName: 'Theirs' }, token)
  brand = { token, partitionId, accountId: String(account.body['id']) }
})
afterAll(() => platform.stop())

async function newAccount(changes: Record<string, unknown> = {}): Promise<string> {
  const body = { accountNumber: `A-${++sequence}`, accountName: 'Customer', timeZone: 'US/Mountain', extensionLength: 4, ...changes }
  const account = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, body)
  expect(account.status, JSON.stringify(account.body)).toBe(200)
  return String(account.body['id'])
}

const pathOf = (accountId: string): string => `/v2/partition/${platform.partitionId}/account/${accountId}`
const usersOf = async (accountId: string): Promise<readonly Record<string, unknown>[]> => (await platform.call('GET', `${pathOf(accountId)}/user`)).list

async function newUser(accountId: string, extension: string): Promise<string> {
  const user = await platform.call('POST', `${pathOf(accountId)}/user`, { firstName: 'A', lastName: extension, extension })
  expect(user.status, JSON.stringify(user.body)).toBe(200)
  return String(user.body['id'])
}

async function collect(accountId: string, transformObjectType: string, transformObjects: readonly Record<string, unknown>[]): Promise<string> {
  const made = await platform.call('POST', `${BULK}/collection`, { transformObjectType, transformObjects, ownerId: accountId })
  expect(made.status, JSON.stringify(made.body)).toBe(200)
  return String(made.body['id'])
}

async function finished(started: Answer): Promise<Record<string, unknown>> {
  expect(started.status, JSON.stringify(started.body)).toBe(200)
  await platform.plane.jobsDone()
  return (await platform.call('GET', `${BULK}/job/${String(started.body['id'])}`)).body
}

const run = async (body: Record<string, unknown>) => finished(await platform.call('POST', `${BULK}/job`, body))

/** The object of the public interface's own example. */
const EXAMPLE = {
  'First Name': 'firstName',
  'Last Name': 'lastName',
  'Extension Number': 4242,
  'User Tags': '',
  'Time Zone': 'US/MOUNTAIN',
  Email: 'email@example.com',
  Username: 'bulk-username',
  'Feature Plan': 'STANDARD',
  'Voice Portal Access': 'NO',
  'Calling Plan': '',
  Language: 'ENGLISH',
}

describe('a collection', () => {
  it('of the example creates the user it describes, headings, ids of nobody and all', async () => {
    const accountId = await newAccount()
    const body = { id: 'string', ownerId: 'string', size: 0, transformObjectType: 'CreateUserInput', transformObjects: [EXAMPLE] }
    const made = await platform.call('POST', `${BULK}/collection`, body)
    expect(made.body).toMatchObject({ size: 1, transformObjectType: 'CreateUserInput', transformObjects: [EXAMPLE] })
    const job = await run({ jobTypeId: 'create users', targetAccountId: accountId, inputCollectionId: made.body['id'] })
    expect(job).toMatchObject({ executionStatus: 'COMPLETED', jobStatus: 'COMPLETED', status: 'COMPLETED', total: 1, successful: 1, failed: 0, errors: [] })
    expect(await usersOf(accountId)).toMatchObject([
      {
        firstName: 'firstName',
        lastName: 'lastName',
        extension: '4242',
        timeZone: 'US/Mountain',
        username: 'bulk-username',
        allowPortalAccess: false,
        languageTag: 'en-US',
      },
    ])
  })

  it('is refused whole with 422, each wrong object named by index, field and rule; nothing is stored', async () => {
    const objects = [{ 'First Name': 'A', Extension: '4001' }, { 'First Name': 'B', Extension: 'reception-desk' }, { Email: 'no mail' }]
    const made = await platform.call('POST', `${BULK}/collection`, { transformObjectType: 'CreateUserInput', transformObjects: objects })
    expect(made.body).toMatchObject({ status: 422, message: '2 of the objects are not valid.', errors: ['2 of the objects are not valid.'] })
    const errors = made.body['schemaErrors'] as readonly Record<string, unknown>[]
    expect(errors.map((error) => [error['index'], error['path'], error['code']])).toEqual([
      [1, 'extension', 'InvalidExtension'],
      [2, 'emailAddress', 'InvalidEmailAddress'],
    ])
  })

  it('comes from a CSV file of a form, and goes out as CSV and JSON that no spreadsheet runs', async () => {
    const accountId = await newAccount()
    const csv = 'First Name,Last Name,Extension Number\r\n=cmd|x,Smith,4100\r\n"Ann, B.",Zoë,4101\r\n'
    const made = await form(
      'collection',
      { transformObjectType: 'CreateUserInput', targetAccountId: accountId, jobTypeId: 'create users' },
      csv,
      'transformObjectsFile',
    )
    expect(made).toMatchObject({ statusCode: 200 })
    const collectionId = made.json<{ id: string }>().id
    const get = (extension: string) =>
      platform.plane.http.inject({ method: 'GET', url: `${BULK}/collection/${collectionId}/${extension}`, headers: { 'x-auth-token': platform.token } })
    expect((await get('csv')).body).toBe('firstName,lastName,extension\r\n\'=cmd|x,Smith,4100\r\n"Ann, B.",Zoë,4101\r\n')
    expect((await get('json')).json()).toEqual([
      { firstName: '=cmd|x', lastName: 'Smith', extension: '4100' },
      { firstName: 'Ann, B.', lastName: 'Zoë', extension: '4101' },
    ])
    expect((await platform.call('GET', `${BULK}/collection/${collectionId}`)).body).toMatchObject({ ownerId: accountId, size: 2 })
    expect((await get('xml')).statusCode).toBe(400)
  })

  it.each([
    ['an unknown type', { transformObjectType: 'CreateCastle', transformObjects: [] }, 'InvalidTransformObjectType'],
    ['objects without a type', { transformObjects: [{ a: 1 }] }, 'TransformObjectTypeRequired'],
    ['the account of another partition’s child', { transformObjectType: 'CreateUserInput', transformObjects: [], accountId: 'nobody' }, 'EntityNotFound'],
  ])('with %s is refused, in the form of these operations', async (_case, body, code) => {
    const refused = await platform.call('POST', `${BULK}/collection`, body)
    expect(refused.body).toMatchObject({ errorCode: code, errors: [expect.any(String)], schemaErrors: [] })
  })

  it('and its job belong to who made them: 404 for everybody else', async () => {
    const accountId = await newAccount()
    const collectionId = await collect(accountId, 'CreateUserInput', [{ firstName: 'A', lastName: 'B', extension: '4000' }])
    const job = await run({ jobTypeId: 'create users', targetAccountId: accountId, inputCollectionId: collectionId })
    const asked: readonly [string, 'GET' | 'PUT' | 'POST', unknown?][] = [
      [`${BULK}/collection/${collectionId}`, 'GET'],
      [`${BULK}/collection/${collectionId}/csv`, 'GET'],
      [`${BULK}/collection/${collectionId}/4000`, 'POST'],
      [`${BULK}/job/${String(job['id'])}`, 'GET'],
      [`${BULK}/job/${String(job['id'])}/results`, 'GET'],
      [`${BULK}/job/${String(job['id'])}`, 'PUT', { executionStatus: 'ABORTED' }],
      [`${BULK}/job`, 'POST', { jobTypeId: 'create users', targetAccountId: brand.accountId, inputCollectionId: collectionId }],
    ]
    for (const [path, method, body] of asked)
      expect((await platform.call(method, path, body, brand.token)).body, path).toMatchObject({ status: 404, errorCode: 'EntityNotFound' })
  })
})

function form(path: string, fields: Readonly<Record<string, string>>, text: string, fileField: string) {
  const parts = Object.entries(fields).map(([name, value]) => `--xyz\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
  const payload = `${parts.join('')}--xyz\r\ncontent-disposition: form-data; name="${fileField}"; filename="u.csv"\r\ncontent-type: text/csv\r\n\r\n${text}\r\n--xyz--\r\n`
  const headers = { 'x-auth-token': platform.token, 'content-type': 'multipart/form-data; boundary=xyz' }
  return platform.plane.http.inject({ method: 'POST', url: `${BULK}/${path}`, headers, payload: Buffer.from(payload) })
}

describe('a job of the spec’s words', () => {
  it('bad rows fail alone, each with its error; the others are done, and the outputs tell them apart', async () => {
    const accountId = await newAccount()
    const existing = await newUser(accountId, '4000')
    const objects = ['4001', '4000', '4002', '4001', '99', '4003'].map((extension) => ({ firstName: 'A', lastName: 'B', extension }))
    const collectionId = await collect(accountId, 'CreateUserInput', objects)
    const setting = `/v2/partition/${platform.partitionId}/setting/IntegrationNotificationEmail`
    await platform.call('PUT', setting, { value: 'ops@example.com' })
    const job = await run({ jobTypeId: 'create users', targetAccountId: accountId, inputCollectionId: collectionId })
    await platform.call('DELETE', setting)
    const mails = await platform.plane.context.database.sql.selectFrom('outgoing_message').select('body').where('recipient', '=', 'ops@example.com').execute()
    expect(mails).toMatchObject([{ body: expect.stringContaining('3 rows that failed') }])
    expect(job).toMatchObject({ executionStatus: 'COMPLETED', status: 'PARTIAL', total: 6, processed: 6, successful: 3, failed: 3 })
    expect((job['errors'] as Record<string, unknown>[]).map((error) => [error['index'], error['extension'], error['error']])).toEqual([
      [1, '4000', 'ExtensionAlreadyInUse'],
      [3, '4001', 'ExtensionAlreadyInUse'],
      [4, '99', 'InvalidExtension'],
    ])
    expect((await usersOf(accountId)).map((user) => String(user['extension'])).toSorted((one, other) => one.localeCompare(other))).toEqual([
      '4000',
      '4001',
      '4002',
      '4003',
    ])
    expect((await platform.call('GET', `${pathOf(accountId)}/user/${existing}`)).status).toBe(200)
    const outputs = job['outputCollections'] as Record<'success' | 'failure', { id: string }>
    const success = await platform.call('GET', `${BULK}/collection/${outputs.success.id}`)
    expect(success.body).toMatchObject({
      size: 3,
      ownerId: accountId,
      transformObjects: [{ extension: '4001', index: 0 }, { extension: '4002' }, { extension: '4003', index: 5 }],
    })
    const failure = await platform.call('GET', `${BULK}/collection/${outputs.failure.id}`)
    expect(failure.body).toMatchObject({ size: 3, transformObjects: [{ index: 1, error: 'ExtensionAlreadyInUse' }, { index: 3 }, { index: 4 }] })
    const results = await platform.call('GET', `${BULK}/job/${String(job['id'])}/results?from=2&limit=2`)
    expect(results.list).toMatchObject([
      { index: 2, successful: true, userId: expect.any(String) },
      { index: 3, successful: false },
    ])
  })

  it('from one form: collection and job in one call', async () => {
    const accountId = await newAccount()
    const fields = { transformObjectType: 'CreateUserInput', targetAccountId: accountId, jobTypeId: 'create users' }
    const started = await form('job', fields, 'First Name,Last Name,Extension Number\nA,B,4001\nC,D,4002\n', 'transformObjectFile')
    const job = await finished({ status: started.statusCode, body: started.json(), list: [] })
    expect(job).toMatchObject({ status: 'COMPLETED', successful: 2 })
    const shifted = await form('job', fields, 'First Name,Last Name,Extension Number\nA,B,4003\nSmith, Ann,B,4004\n', 'transformObjectFile')
    expect([shifted.statusCode, shifted.body]).toEqual([400, expect.stringContaining('line 3: TooManyCells')])
    const refused = await form('job', fields, 'First Name,Last Name,Extension Number\nA,B,reception\n', 'transformObjectFile')
    expect(refused.json()).toMatchObject({ status: 422, schemaErrors: [{ index: 0, path: 'extension' }] })
  })

  it('deletes users by id, extension or user name, but none that is in use', async () => {
    const accountId = await newAccount()
    const ids = [await newUser(accountId, '4001'), await newUser(accountId, '4002'), await newUser(accountId, '4003')]
    const line = { userId: ids[2], deviceName: 'L', deviceTypeId: 'SPA112', lineNumber: 1, macAddress: '020000000001' }
    expect((await platform.call('POST', `${pathOf(accountId)}/deviceline`, line)).status).toBe(201)
    const objects = [{ userId: ids[0] }, { 'Extension Number': 4002 }, { extension: '4003' }, { extension: '4004' }]
    const collectionId = await collect(accountId, 'DeleteUserInput', objects)
    const job = await run({ jobTypeId: 'delete users', targetAccountId: accountId, inputCollectionId: collectionId })
    expect(job).toMatchObject({ successful: 2, failed: 2 })
    expect((job['errors'] as Record<string, unknown>[]).map((error) => error['error'])).toEqual(['EndUserInUse', 'EntityNotFound'])
    expect((await usersOf(accountId)).map((user) => user['id'])).toEqual([ids[2]])
  })

  it('rows cannot name objects of another account, whoever they belong to', async () => {
    const [mine, other] = [await newAccount(), await newAccount()]
    const foreign = await newUser(other, '4001')
    const collectionId = await collect(mine, 'DeleteUserInput', [{ userId: foreign }])
    const job = await run({ jobTypeId: 'delete users', targetAccountId: mine, inputCollectionId: collectionId })
    expect(job).toMatchObject({ status: 'FAILED', successful: 0, failed: 1, errors: [{ error: 'EntityNotFound' }] })
    expect(await usersOf(other)).toHaveLength(1)
  })

  it('ends early after so many failures; what is left is left', async () => {
    const accountId = await newAccount()
    const objects = ['99', '98', '4001', '4002'].map((extension) => ({ firstName: 'A', lastName: 'B', extension }))
    const collectionId = await collect(accountId, 'CreateUserInput', objects)
    const job = await run({ jobTypeId: 'create users', targetAccountId: accountId, inputCollectionId: collectionId, abortAfter: 2 })
    expect(job).toMatchObject({ status: 'FAILED', executionStatus: 'ABORTED', processed: 2, failed: 2 })
    expect(await usersOf(accountId)).toEqual([])
  })

  it.each([
    ['no type', { inputCollectionId: 'c', targetAccountId: 'a' }, 'JobTypeIdRequired'],
    ['an unknown type', { jobTypeId: 'paint users', inputCollectionId: 'c', targetAccountId: 'a' }, 'InvalidJobTypeId'],
    ['no collection', { jobTypeId: 'create users', targetAccountId: 'a' }, 'InputCollectionIdRequired'],
    ['a collection that is not there', { jobTypeId: 'create users', targetAccountId: 'a', inputCollectionId: 'c' }, 'EntityNotFound'],
  ])('%s is refused', async (_case, body, code) => {
    expect((await platform.call('POST', `${BULK}/job`, body)).body).toMatchObject({ errorCode: code, errors: [expect.any(String)] })
  })

  it('a collection of other objects, or for another account, is refused', async () => {
    const accountId = await newAccount()
    const collectionId = await collect(accountId, 'DeleteUserInput', [{ extension: '4001' }])
    expect(
      (await platform.call('POST', `${BULK}/job`, { jobTypeId: 'create users', targetAccountId: accountId, inputCollectionId: collectionId })).body,
    ).toMatchObject({
      status: 400,
      errorCode: 'InvalidTransformObjectType',
    })
    const job = { jobTypeId: 'delete users', targetAccountId: brand.accountId, inputCollectionId: collectionId }
    expect((await platform.call('POST', `${BULK}/job`, job)).body).toMatchObject({ status: 400, errorCode: 'InvalidTargetAccountId' })
    expect((await platform.call('POST', `${BULK}/job`, { ...job, targetAccountId: accountId }, brand.token)).status).toBe(404)
  })
})

describe('a job of the other words', () => {
  async function userCollection(accountId: string, extensions: readonly string[]): Promise<string> {
    const made = await platform.call('POST', `${BULK}/collection`, { accountId })
    const collectionId = String(made.body['collectionId'])
    for (const extension of extensions) {
      const added = await platform.call('POST', `${BULK}/collection/${collectionId}/${extension}`)
      expect(added.body, JSON.stringify(added.body)).toMatchObject({ collectionId, extension, accountId })
    }
    return collectionId
  }

  it('S0-81 S0-82: a collection of users by extension; a user stands in it once', async () => {
    const accountId = await newAccount()
    const userId = await newUser(accountId, '4001')
    const collectionId = await userCollection(accountId, ['4001', '4001'])
    expect((await platform.call('GET', `${BULK}/collection/${collectionId}`)).body).toMatchObject({
      size: 1,
      transformObjects: [{ userId, extension: '4001' }],
    })
    expect((await platform.call('POST', `${BULK}/collection/${collectionId}/4999`)).body).toMatchObject({ status: 404, data: { type: 'EndUser' } })
  })

  it('users added at once are all in it, each in a place of its own', async () => {
    const accountId = await newAccount()
    const extensions = ['4001', '4002', '4003', '4004', '4005']
    for (const extension of extensions) await newUser(accountId, extension)
    const collectionId = await userCollection(accountId, [])
    const added = await Promise.all([...extensions, ...extensions].map((extension) => platform.call('POST', `${BULK}/collection/${collectionId}/${extension}`)))
    expect(added.map((answer) => answer.status)).toEqual(added.map(() => 200))
    const objects = (await platform.call('GET', `${BULK}/collection/${collectionId}`)).body['transformObjects'] as Record<string, unknown>[]
    expect(objects.map((object) => String(object['extension'])).toSorted((one, other) => one.localeCompare(other))).toEqual(extensions)
  })

  it('two jobs over one collection at once: every user is deleted by one of them', async () => {
    const accountId = await newAccount()
    const extensions = ['4001', '4002', '4003']
    for (const extension of extensions) await newUser(accountId, extension)
    const collectionId = await userCollection(accountId, extensions)
    const start = () => platform.call('POST', `${BULK}/job`, { collectionId, operation: 'DELETE_USERS' })
    const [one, other] = await Promise.all((await Promise.all([start(), start()])).map(finished))
    expect(Number(one?.['successful']) + Number(other?.['successful'])).toBe(3)
    expect(await usersOf(accountId)).toEqual([])
  })

  it('C-60: without an account the extension says it, as long as one account has it', async () => {
    const [one, two] = [await newAccount(), await newAccount()]
    await newUser(one, '5551')
    await newUser(two, '5552')
    await newUser(one, '5553')
    await newUser(two, '5553')
    const make = async () => String((await platform.call('POST', `${BULK}/collection`, {})).body['collectionId'])
    const add = (collectionId: string, rest: string) => platform.call('POST', `${BULK}/collection/${collectionId}/${rest}`)
    const collectionId = await make()
    expect((await add(collectionId, '5552')).body).toMatchObject({ accountId: two })
    expect((await add(collectionId, '5553')).body).toMatchObject({ accountId: two, size: 2 })
    expect((await add(collectionId, '5551')).body).toMatchObject({ status: 404 })
    const other = await make()
    expect((await add(other, '5553')).body).toMatchObject({ status: 400, errorCode: 'AccountIdRequired' })
    expect((await add(other, `5553?accountId=${one}`)).body).toMatchObject({ accountId: one })
    expect((await add(other, `5553?accountId=${brand.accountId}`)).status).toBe(400)
  })

  it('a collection that a job works on does not change any more', async () => {
    const accountId = await newAccount()
    await newUser(accountId, '4001')
    await newUser(accountId, '4002')
    const collectionId = await userCollection(accountId, ['4001'])
    await run({ collectionId, operation: 'DELETE_USERS' })
    expect((await platform.call('POST', `${BULK}/collection/${collectionId}/4002`)).body).toMatchObject({ status: 400, errorCode: 'CollectionInUse' })
  })

  it('S0-88: call forwarding of many users at once, settings they had otherwise stay', async () => {
    const accountId = await newAccount()
    const userId = await newUser(accountId, '4001')
    await platform.call('PATCH', `${pathOf(accountId)}/user/${userId}`, { callHandlingSettings: { callWaitingEnabled: false } })
    const collectionId = await userCollection(accountId, ['4001'])
    const job = await run({ collectionId, operation: 'UPDATE_CALL_FORWARDING', parameters: { enabled: true, forwardToNumber: '18015550123' } })
    expect(job).toMatchObject({ operation: 'UPDATE_CALL_FORWARDING', status: 'COMPLETED', successful: 1 })
    expect((await platform.call('GET', `${pathOf(accountId)}/user/${userId}`)).body).toMatchObject({
      callHandlingSettings: { callWaitingEnabled: false, callHandlingOptionType: 'ForwardAlways', forwardAlwaysToNumber: '18015550123' },
    })
  })

  it('S0-88: features are given to many, but never what makes a user himself', async () => {
    const accountId = await newAccount()
    const userId = await newUser(accountId, '4001')
    const collectionId = await userCollection(accountId, ['4001'])
    const parameters = { userProductPlan: 'ADVANCED', allowPortalAccess: false, extension: '4777', firstName: 'Everybody' }
    expect(await run({ collectionId, operation: 'PROVISION_FEATURES', parameters })).toMatchObject({ status: 'COMPLETED' })
    expect((await platform.call('GET', `${pathOf(accountId)}/user/${userId}`)).body).toMatchObject({
      userProductPlan: 'ADVANCED',
      extension: '4001',
      firstName: 'A',
    })
  })

  it('S0-88: voicemail settings and devices of many users, through the operations that change one', async () => {
    const accountId = await newAccount()
    const userId = await newUser(accountId, '4001')
    const line = { userId, deviceName: 'Desk', deviceTypeId: 'SPA112', lineNumber: 1, macAddress: '020000000002' }
    const lineId = String((await platform.call('POST', `${pathOf(accountId)}/deviceline`, line)).body['id'])
    const collectionId = await userCollection(accountId, ['4001'])
    expect(await run({ collectionId, operation: 'UPDATE_VOICEMAIL_SETTINGS', parameters: { name: 'Front desk' } })).toMatchObject({ status: 'COMPLETED' })
    expect((await platform.call('GET', `${pathOf(accountId)}/voicemailbox`)).list).toMatchObject([{ name: 'Front desk' }])
    expect(await run({ collectionId, operation: 'UPDATE_DEVICE_CONFIGURATION', parameters: { deviceName: 'Lobby' } })).toMatchObject({ status: 'COMPLETED' })
    expect((await platform.call('GET', `${pathOf(accountId)}/deviceline/${lineId}`)).body).toMatchObject({ deviceName: 'Lobby', userId })
  })

  it('S0-86: a refused setting is the error of each user it was refused for', async () => {
    const accountId = await newAccount()
    await newUser(accountId, '4001')
    const collectionId = await userCollection(accountId, ['4001'])
    const job = await run({ collectionId, operation: 'PROVISION_FEATURES', parameters: { userProductPlan: 'GIGANTIC' } })
    expect(job).toMatchObject({ status: 'FAILED', executionStatus: 'COMPLETED', failed: 1, errors: [{ extension: '4001', error: 'InvalidUserProductPlan' }] })
  })

  it.each([
    ['an unknown operation', { operation: 'PAINT' }, 'InvalidOperation'],
    ['nothing to set', { operation: 'PROVISION_FEATURES', parameters: {} }, 'ParametersRequired'],
  ])('%s is refused', async (_case, body, code) => {
    const collectionId = await userCollection(await newAccount(), [])
    expect((await platform.call('POST', `${BULK}/job`, { collectionId, ...body })).body).toMatchObject({ status: 400, errorCode: code })
  })
})

describe('a job that is aborted', () => {
  it('PUT ends it; ended jobs cannot be ended', async () => {
    // A platform whose runner does not look by itself: the job is still waiting when it is aborted.
    const still = await startTestControlPlane({ timers: new ManualTime(0) })
    try {
      const account = await still.call('POST', `/v2/partition/${still.partitionId}/account`, { accountNumber: 'x', accountName: 'x' })
      const accountId = String(account.body['id'])
      const objects = [{ firstName: 'A', lastName: 'B', extension: '4001' }]
      const collection = await still.call('POST', `${BULK}/collection`, {
        transformObjectType: 'CreateUserInput',
        transformObjects: objects,
        ownerId: accountId,
      })
      const started = await still.call('POST', `${BULK}/job`, {
        jobTypeId: 'create users',
        targetAccountId: accountId,
        inputCollectionId: collection.body['id'],
      })
      const path = `${BULK}/job/${String(started.body['id'])}`
      expect((await still.call('PUT', path, { executionStatus: 'COMPLETED' })).body).toMatchObject({ errorCode: 'InvalidExecutionStatus' })
      expect((await still.call('PUT', path, { executionStatus: 'ABORTED' })).status).toBe(200)
      await still.plane.jobsDone()
      expect((await still.call('GET', path)).body).toMatchObject({ status: 'FAILED', executionStatus: 'ABORTED', processed: 0 })
      expect((await still.call('GET', `/v2/partition/${still.partitionId}/account/${accountId}/user`)).list).toEqual([])
      expect((await still.call('PUT', path, { executionStatus: 'ABORTED' })).body).toMatchObject({ errorCode: 'JobFinished' })
    } finally {
      await still.stop()
    }
  })
})
