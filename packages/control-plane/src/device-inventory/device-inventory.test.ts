import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let base: string
let brand: { base: string; token: string }
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  base = `/v2/partition/${platform.partitionId}`
  const manager = { username: 'brand@example.com', password: 'Another-horse-2', firstName: 'B', lastName: 'Operator' }
  const created = await platform.call('POST', `${base}/partition`, { name: 'Brand', manager })
  const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
  brand = { base: `/v2/partition/${String(created.body['id'])}`, token }
})
afterAll(() => platform.stop())

function mac(): string {
  sequence++
  return `e${sequence.toString(16).padStart(11, '0')}`
}

async function upload(text: string, token = platform.token): Promise<string> {
  const input = await platform.call('POST', '/v2/job/input', undefined, token)
  const { pathname, search } = new URL(String(input.body['url']))
  const put = await platform.plane.http.inject({ method: 'PUT', url: pathname + search, payload: text, headers: { 'content-type': 'text/csv' } })
  expect(put.statusCode).toBe(200)
  return String(input.body['key'])
}

async function run(action: string, body?: Record<string, unknown>): Promise<Record<string, unknown>> {
  const started = await platform.call('POST', `${base}/deviceinventory/${action}`, body)
  expect(started.status, JSON.stringify(started.body)).toBe(202)
  await platform.plane.jobsDone()
  return (await platform.call('GET', `/v2/job/${String(started.body['id'])}`)).body
}

async function exported(): Promise<string> {
  const job = await run('export')
  const output = await platform.plane.http.inject({ method: 'GET', url: `/v2/job/${String(job['id'])}/output`, headers: { 'x-auth-token': platform.token } })
  return output.body
}

describe('the device inventory of a partition', () => {
  it('S0-98: what is imported is UNASSIGNED until an account has it; line by line, what is wrong is named', async () => {
    const [one, two] = [mac(), mac()]
    const key = await upload(`MAC_ADDRESS,DEVICE_TYPE_ID\r\n${one.toUpperCase()},VVX450\r\nnonsense,\r\n${two},TOASTER\r\n${two},\r\n`)
    const job = await run('import', { key })
    expect(job).toMatchObject({ status: 'DONE', progress: { done: 4, total: 4 } })
    expect(job['errors']).toEqual([
      expect.objectContaining({ lineNumber: 3, column: 'MAC_ADDRESS', error: 'InvalidMacAddress' }),
      expect.objectContaining({ lineNumber: 4, column: 'DEVICE_TYPE_ID', error: 'InvalidDeviceTypeId' }),
    ])
    const account = await platform.call('POST', `${base}/account`, { accountNumber: 'INV-1', accountName: 'Store' })
    const accountId = String(account.body['id'])
    expect((await platform.call('POST', `${base}/account/${accountId}/device`, { macAddress: two, deviceType: 'IP_PHONE' })).status).toBe(201)
    const file = await exported()
    expect(file).toContain('MAC_ADDRESS,DEVICE_TYPE_ID,STATE,ACCOUNT_ID\r\n')
    expect(file).toContain(`${one},VVX450,UNASSIGNED,\r\n`)
    expect(file).toContain(`${two},,CREATED,${accountId}\r\n`)
  })

  it('of ten thousand lines every wrong one is named, and the others are in it: again they change nothing', async () => {
    const good = Array.from({ length: 10_000 }, mac)
    const [first = '', second = '', third = '', fourth = ''] = good
    const colons = first.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:')
    const dots = second.replaceAll(/(....)(?=.)/g, '$1.')
    const wrong = [`"${colons}",VVX450`, `${dots},`, 'e0e0e0,VVX450', `"${third},${fourth}",VVX450`, `${mac()},VVX450,shifted`, `${mac()},"Yealink, T46"`]
    const lines = [...good.map((address) => `${address},VVX450,,`), '', ' , ', ...wrong]
    const file = `\uFEFFmac_address,DEVICE_TYPE_ID\r\n${lines.join('\r\n')}\r\n`
    const named = [
      { lineNumber: 10_004, column: 'MAC_ADDRESS', error: 'DuplicateMACAddress' },
      { lineNumber: 10_005, column: 'MAC_ADDRESS', error: 'DuplicateMACAddress' },
      { lineNumber: 10_006, column: 'MAC_ADDRESS', error: 'InvalidMacAddress' },
      { lineNumber: 10_007, column: 'MAC_ADDRESS', error: 'InvalidMacAddress' },
      { lineNumber: 10_008, column: '', error: 'TooManyCells', input: expect.stringContaining('shifted') },
      { lineNumber: 10_009, column: 'DEVICE_TYPE_ID', error: 'InvalidDeviceTypeId' },
    ].map((problem): unknown => expect.objectContaining(problem))
    const before = (await exported()).split('\r\n').length
    for (const _ of ['at first', 'again']) {
      const job = await run('import', { key: await upload(file) })
      expect(job).toMatchObject({ status: 'DONE', progress: { done: 10_006, total: 10_006 } })
      expect(job['errors']).toEqual(named)
    }
    const file2 = await exported()
    expect(file2.split('\r\n').length - before).toBe(10_000)
    expect(file2).toContain(`${second},VVX450,UNASSIGNED,`)
  })

  it('what an account has is not taken out; the rest is, once', async () => {
    const [used, free] = [mac(), mac()]
    await run('import', { key: await upload(`MAC_ADDRESS\r\n${used}\r\n${free}\r\n`) })
    const account = await platform.call('POST', `${base}/account`, { accountNumber: 'INV-2', accountName: 'Store' })
    await platform.call('POST', `${base}/account/${String(account.body['id'])}/device`, { macAddress: used, deviceType: 'IP_PHONE' })
    const job = await run('delete', { key: await upload(`MAC_ADDRESS\r\n${used}\r\n${free}\r\n${free}\r\n`) })
    expect(job['errors']).toEqual([
      expect.objectContaining({ lineNumber: 2, error: 'DeviceInUse' }),
      expect.objectContaining({ lineNumber: 4, error: 'EntityNotFound' }),
    ])
    const file = await exported()
    expect(file).toContain(used)
    expect(file).not.toContain(free)
  })

  it('another partition neither sees nor takes what is in it', async () => {
    const held = mac()
    await run('import', { key: await upload(`MAC_ADDRESS\r\n${held}\r\n`) })
    const started = await platform.call(
      'POST',
      `${brand.base}/deviceinventory/import`,
      { key: await upload(`MAC_ADDRESS\r\n${held}\r\n`, brand.token) },
      brand.token,
    )
    await platform.plane.jobsDone()
    const job = await platform.call('GET', `/v2/job/${String(started.body['id'])}`, undefined, brand.token)
    expect(job.body['errors']).toEqual([expect.objectContaining({ error: 'DuplicateMACAddress' })])
    const seen = await platform.plane.http.inject({ method: 'GET', url: `${brand.base}/deviceinventory`, headers: { 'x-auth-token': brand.token } })
    expect(seen.body).not.toContain(held)
    expect((await platform.call('GET', `${base}/deviceinventory`, undefined, brand.token).catch(() => ({ status: 403 }))).status).toBe(403)
  })

  it('a partition that requires it lets accounts use nothing else', async () => {
    const { sql } = platform.plane.context.database
    const [held, stranger] = [mac(), mac()]
    await run('import', { key: await upload(`MAC_ADDRESS\r\n${held}\r\n`) })
    const account = await platform.call('POST', `${base}/account`, { accountNumber: 'INV-3', accountName: 'Store' })
    const path = `${base}/account/${String(account.body['id'])}/device`
    const { settings } = await sql.selectFrom('partition').select('settings').where('id', '=', platform.partitionId).executeTakeFirstOrThrow()
    const set = (value: Record<string, unknown>) =>
      sql
        .updateTable('partition')
        .set({ settings: JSON.stringify(value) })
        .where('id', '=', platform.partitionId)
        .execute()
    await set({ ...settings, requiresDeviceInventory: true })
    expect((await platform.call('POST', path, { macAddress: stranger, deviceType: 'IP_PHONE' })).body['errorCode']).toBe('MacAddressNotInInventory')
    expect((await platform.call('POST', path, { macAddress: held, deviceType: 'IP_PHONE' })).status).toBe(201)
    await set(settings)
  })

  it('the older form takes the file itself and answers with what is wrong in it', async () => {
    const macAddress = mac()
    const headers = { 'x-auth-token': platform.token, 'content-type': 'text/csv' }
    const post = (payload: string) => platform.plane.http.inject({ method: 'POST', url: `${base}/deviceinventory`, headers, payload })
    expect((await post(`MAC_ADDRESS\r\n${macAddress}\r\n`)).json()).toEqual([])
    expect((await post('MAC_ADDRESS\r\nx\r\n')).json()).toEqual([expect.objectContaining({ lineNumber: 2, error: 'InvalidMacAddress' })])
    expect((await post('NOTHING\r\nx\r\n')).json()).toEqual([expect.objectContaining({ error: 'ColumnRequired' })])
  })
})
