import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let brand: { readonly partitionId: string; readonly token: string }
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  const manager = { username: 'brand@example.com', password: 'Another-horse-2', firstName: 'B', lastName: 'Operator' }
  const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: 'Brand', manager })
  brand = { partitionId: String(child.body['id']), token: String((await platform.logIn(manager.username, manager.password)).body['authToken']) }
})
afterAll(() => platform.stop())

async function newAccount(partitionId = platform.partitionId, name = `A-${++sequence}`, token?: string): Promise<string> {
  platform.time.advance(1000)
  const account = await platform.call('POST', `/v2/partition/${partitionId}/account`, { accountNumber: `N-${++sequence}`, accountName: name }, token)
  expect(account.status, JSON.stringify(account.body)).toBe(200)
  return String(account.body['id'])
}

interface Page {
  readonly results: readonly Record<string, unknown>[]
  readonly next?: string
}

async function audit(query: string, token?: string, partitionId = platform.partitionId): Promise<Page> {
  const answer = await platform.call('GET', `/v2/partition/${partitionId}/audit?${query}`, undefined, token)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body as unknown as Page
}

describe('the audit of a partition', () => {
  it('shows who changed what, with the values before and after, newest first', async () => {
    const accountId = await newAccount()
    platform.time.advance(1000)
    await platform.call('PATCH', `/v2/partition/${platform.partitionId}/account/${accountId}`, { accountName: 'Renamed' })
    const { results } = await audit(`accountId=${accountId}`)
    expect(results).toMatchObject([
      { action: 'UPDATE', type: 'ACCOUNT', accountId, userName: 'operator@example.com', userType: 'ManagementUser', newValue: { accountName: 'Renamed' } },
      { action: 'CREATE', type: 'ACCOUNT', referenceType: 'ACCOUNT', referenceId: accountId },
    ])
    expect(results[0]?.['oldValue']).toMatchObject({ accountName: expect.stringMatching(/^A-/) })
  })

  it('finds by time, user, kind and object; pages without a gap or a repetition, also when many were logged at one time', async () => {
    const from = new Date(platform.time.nowMs() + 1).toISOString()
    const accountId = await newAccount()
    for (let extension = 4001; extension < 4006; extension++)
      await platform.call('POST', `/v2/partition/${platform.partitionId}/account/${accountId}/user`, {
        firstName: 'A',
        lastName: 'B',
        extension: String(extension),
      })
    const all = (await audit(`from=${from}&type=USER`)).results
    expect(all).toHaveLength(5)
    const ids: unknown[] = []
    let next: string | undefined = ''
    while (next !== undefined) {
      const page: Page = await audit(`from=${from}&type=USER&limit=2${next === '' ? '' : `&before=${next}`}`)
      ids.push(...page.results.map((entry) => entry['id']))
      next = page.next
    }
    expect(ids).toEqual(all.map((entry) => entry['id']))
    expect((await audit(`from=${from}&userName=OPERATOR&action=CREATE`)).results).toHaveLength(6)
    expect((await audit(`from=${from}&userName=oper_tor`)).results).toEqual([])
    expect((await audit(`referenceId=${String(all[0]?.['referenceId'])}`)).results).toHaveLength(1)
    expect((await audit(`to=${from}&accountId=${accountId}`)).results).toEqual([])
  })

  it('holds what happened to the partition itself', async () => {
    const webhook = await platform.call('POST', `/v2/partition/${platform.partitionId}/webhook`, { url: 'http://127.0.0.1:1/', events: ['account.created'] })
    expect((await audit(`referenceId=${String(webhook.body['id'])}`)).results).toMatchObject([
      { type: 'PARTITION_SETTINGS', action: 'CREATE', referenceType: 'WEBHOOK' },
    ])
  })

  it('comes as CSV that no spreadsheet runs', async () => {
    const accountId = await newAccount(platform.partitionId, '=HYPERLINK("x")')
    const get = (query: string, headers: Record<string, string>) =>
      platform.plane.http.inject({
        method: 'GET',
        url: `/v2/partition/${platform.partitionId}/audit?accountId=${accountId}${query}`,
        headers: { 'x-auth-token': platform.token, ...headers },
      })
    const answer = await get('&format=csv', {})
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
    const [heading, row] = answer.body.split('\r\n')
    expect(heading).toBe('Date,Account,User,User Type,Type,Action,Reference Type,Reference Id,Reference Name,Old Value,New Value')
    expect(row).toContain(`"'=HYPERLINK(""x"")"`)
    expect((await get('', { accept: 'text/csv' })).body).toBe(answer.body)
  })

  it('S1-11: a partition sees its own; the operator above sees those below when he asks', async () => {
    const accountId = await newAccount(brand.partitionId, undefined, brand.token)
    expect((await audit(`accountId=${accountId}`, brand.token, brand.partitionId)).results).toHaveLength(1)
    expect((await audit(`accountId=${accountId}`)).results).toEqual([])
    expect((await audit(`accountId=${accountId}&includeSubPartitions=true`)).results).toHaveLength(1)
    const mine = await newAccount()
    expect((await audit(`accountId=${mine}&includeSubPartitions=true`, brand.token, brand.partitionId)).results).toEqual([])
  })

  it('C-09: what is of a partition below that shuts the address out is left out, with everything below that', async () => {
    const manager = { username: 'below@example.com', password: 'Another-horse-3', firstName: 'B', lastName: 'Low' }
    const below = String((await platform.call('POST', `/v2/partition/${brand.partitionId}/partition`, { name: 'Below', manager })).body['id'])
    const [mine, ofBrand, ofBelow] = [await newAccount(), await newAccount(brand.partitionId), await newAccount(below)]
    const seenFrom = async (remoteAddress: string, format = 'json') => {
      const url = `/v2/partition/${platform.partitionId}/audit?type=ACCOUNT&includeSubPartitions=true&format=${format}`
      const { body } = await platform.plane.http.inject({ method: 'GET', url, remoteAddress, headers: { 'x-auth-token': platform.token } })
      return [mine, ofBrand, ofBelow].map((id) => body.includes(id))
    }
    const made = await platform.call('POST', `/v2/partition/${brand.partitionId}/accessrule`, { action: 'deny', cidr: '198.51.100.0/24' })
    for (const format of ['json', 'csv']) {
      expect(await seenFrom('192.0.2.1', format)).toEqual([true, true, true])
      expect(await seenFrom('198.51.100.7', format)).toEqual([true, false, false])
    }
    await platform.call('DELETE', `/v2/partition/${brand.partitionId}/accessrule/${String(made.body['id'])}`)
    expect(await seenFrom('198.51.100.7')).toEqual([true, true, true])
  })

  it.each([
    ['from', 'from=yesterday', 'InvalidFrom'],
    ['to', 'to=1', 'InvalidTo'],
    ['day', 'from=2026-02-30', 'InvalidFrom'],
    ['time', 'from=2026-11-21T10:00:00', 'InvalidFrom'],
    ['before', 'before=there', 'InvalidBefore'],
    ['action', 'action=PAINT', 'InvalidAction'],
    ['limit', 'limit=100000', 'InvalidLimit'],
  ])('a wrong %s is refused', async (_field, query, code) => {
    expect((await platform.call('GET', `/v2/partition/${platform.partitionId}/audit?${query}`)).body).toMatchObject({ status: 400, errorCode: code })
  })
})
