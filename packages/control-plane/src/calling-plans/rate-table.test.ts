import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import type { CallRecord } from '@dialtone/softswitch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storeCallRecords } from '../call-records/index.ts'

let platform: TestControlPlane
let partition: string
let productId: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
  const product = await platform.call('POST', `${partition}/callingplanproduct`, { name: 'Rated', planMinutes: 100, allowUnlimitedLocal: true })
  productId = String(product.body['id'])
})
afterAll(() => platform.stop())

const definition = (id = productId) => `${partition}/callingplanproduct/${id}/callingplanproductdefinition`

async function file(method: 'GET' | 'POST', path: string, form?: FormData) {
  const request = new Request('http://localhost', { method: 'POST', ...(form === undefined ? {} : { body: form }) })
  const headers = { 'x-auth-token': platform.token, ...(form === undefined ? {} : { 'content-type': String(request.headers.get('content-type')) }) }
  const payload = form === undefined ? '' : Buffer.from(await request.arrayBuffer())
  return platform.plane.http.inject({ method, url: path, headers, ...(form === undefined ? {} : { payload }) })
}

function formOf(text: string, fields: Record<string, string> = {}): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', new Blob([text], { type: 'text/csv' }), 'rates.csv')
  return form
}

describe('the rate table of a plan', () => {
  it('is read, replaced whole and read back; the default one can be imported as it is', async () => {
    expect((await file('GET', definition())).body).toContain('1,United States and Canada,0.030000,true,true,6,6')
    const standard = await file('GET', '/v2/ref/default-callingplan-definition')
    expect(standard.headers['content-type']).toContain('text/csv')
    const imported = await file('POST', definition(), formOf(standard.body))
    expect([imported.statusCode, imported.json<unknown>()]).toEqual([200, []])
    const lines = (text: string) => text.split('\r\n').toSorted()
    expect(lines((await file('GET', definition())).body)).toEqual(lines(standard.body))
  })

  it('with wrong lines is refused as a whole, every line named', async () => {
    const before = (await file('GET', definition())).body
    const imported = await file(
      'POST',
      definition(),
      formOf('Prefix,RatePerMinute,InPlan\n44,0.01,true\nx,1,true\n33,-1,true\n44,0.02,true\n49,0.01,maybe\n39,0,04,true\n'),
    )
    expect(imported.json<unknown>()).toEqual([
      { lineNumber: 3, column: 'Prefix', error: 'InvalidPrefix', input: 'x,1,true' },
      { lineNumber: 4, column: 'RatePerMinute', error: 'InvalidRatePerMinute', input: '33,-1,true' },
      { lineNumber: 5, column: 'Prefix', error: 'DuplicatePrefix', input: '44,0.02,true' },
      { lineNumber: 6, column: 'InPlan', error: 'InvalidInPlan', input: '49,0.01,maybe' },
      { lineNumber: 7, column: '', error: 'TooManyCells', input: '39,0,04,true' },
    ])
    expect((await file('GET', definition())).body).toBe(before)
    expect((await file('POST', definition(), formOf('a,b\n1,2'))).json<unknown>()).toMatchObject([{ column: 'Prefix', error: 'ColumnRequired' }])
  })

  it('comes together with a new plan in one form, all or nothing', async () => {
    const form = (text: string) => formOf(text, { callingPlanProduct: JSON.stringify({ name: 'From a form', planMinutes: 5 }) })
    expect((await file('POST', `${partition}/callingplanproduct/import`, form('Prefix,RatePerMinute\nx,1'))).json<unknown>()).toMatchObject({
      status: 400,
      errorCode: 'InvalidPrefix',
    })
    const created = await file('POST', `${partition}/callingplanproduct/import`, form('Prefix,RatePerMinute\n1,0.011'))
    expect([created.statusCode, created.json<unknown>()]).toMatchObject([200, { name: 'From a form', planMinutes: 5 }])
    expect((await file('GET', definition(created.json<{ id: string }>().id))).body).toContain('1,,0.011,false,true,6,6')
  })

  it('decides what a call costs: the longest prefix, its increment, and whether the minutes cover it; local calls are free', async () => {
    await file(
      'POST',
      definition(),
      formOf('Prefix,RatePerMinute,InPlan,InitialSeconds,SubsequentSeconds\n1,0.02,true,,\n1312,0.60,false,60,60\n44,0.05,true,,\n'),
    )
    const local = await file('POST', `${partition}/localprefixes/import`, formOf('FromPrefix,ToPrefix\n801-555,385\n'))
    expect([local.statusCode, local.json<unknown>()]).toEqual([200, []])
    const account = await platform.call('POST', `${partition}/account`, { accountNumber: 'RT-1', accountName: 'Rates' })
    const path = `${partition}/account/${String(account.body['id'])}`
    const user = await platform.call('POST', `${path}/user`, { firstName: 'Ann', lastName: 'Rate', extension: '4000' })
    await platform.call('PUT', `${path}/user/${String(user.body['id'])}/callingplanproduct/${productId}`)
    const startedAtMs = platform.time.nowMs()
    const record = (calledNumber: string): CallRecord => ({
      id: crypto.randomUUID(),
      sessionId: crypto.randomUUID(),
      partitionId: platform.partitionId,
      accountId: String(account.body['id']),
      legType: 'Origination',
      direction: 'OUTBOUND',
      startedAtMs,
      ringingAtMs: startedAtMs,
      answeredAtMs: startedAtMs,
      endedAtMs: startedAtMs + 61_000,
      dialedNumber: calledNumber,
      callingNumber: '18015550100',
      callingName: 'Ann',
      calledNumber,
      callingUserId: String(user.body['id']),
      origCategory: 'OnNet',
      termCategory: 'OffNet',
      disposition: 'ANSWERED',
      hangupBy: 'caller',
      sipStatusCode: 200,
      sipCallIds: ['a'],
    })
    await storeCallRecords(platform.plane.context, ['16075550123', '13125550123', '442079460000', '13855550123'].map(record))
    const found = await platform.call('GET', `${path}/cdrsearch?startDate=2026-11-21&endDate=2026-11-21`)
    const byNumber = Object.fromEntries((found.body['results'] as Record<string, unknown>[]).map((row) => [row['termNumber'], row]))
    expect(byNumber['16075550123']).toMatchObject({ rateType: 'OnPlanMinutes', cost: 0, inPlan: true, billCallLengthSeconds: 66 })
    expect(byNumber['13125550123']).toMatchObject({ rateType: 'OffPlanRated', cost: 1.2, ratePerMinute: 0.6, billCallLengthSeconds: 120 })
    expect(byNumber['442079460000']).toMatchObject({ rateType: 'OnPlanMinutes', cost: 0 })
    expect(byNumber['13855550123']).toMatchObject({ rateType: 'Local', cost: 0, local: true })
  })
})

describe('the other price lists of a partition', () => {
  it('local exchanges come back as they were imported; a wrong line changes nothing', async () => {
    const imported = await file('POST', `${partition}/localprefixes/import`, formOf('FromPrefix,ToPrefix\n607-555,607\n1607555,607722\nabc,607\n'))
    expect(imported.json<unknown>()).toEqual([{ lineNumber: 4, column: 'FromPrefix', error: 'InvalidFromPrefix', input: 'abc,607' }])
    await file('POST', `${partition}/localprefixes/import`, formOf('FromPrefix,ToPrefix\n607-555,607\n1607555,607722\n'))
    expect((await file('GET', `${partition}/localprefixes/export/csv`)).body).toBe('FromPrefix,ToPrefix\r\n607555,607\r\n607555,607722\r\n')
  })

  it('every partition has an inbound rate plan for its toll-free numbers', async () => {
    const plans = await platform.call('GET', `${partition}/inboundrateplanproduct`)
    expect(plans.list).toMatchObject([
      { partitionId: platform.partitionId, defaultPlan: true, archived: false, rates: { US: { rate: 0.03, allowCalls: true } } },
    ])
    const one = `${partition}/inboundrateplanproduct/${String(plans.list[0]?.['id'])}`
    expect((await platform.call('GET', one)).body).toEqual(plans.list[0])
    const child = await platform.call('POST', `${partition}/partition`, { name: 'Brand' })
    platform.time.advance(3_000)
    const foreign = one.replace(platform.partitionId, String(child.body['id']))
    expect((await platform.call('GET', foreign)).status).toBe(404)
  })
})
