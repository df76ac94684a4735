import { AsyncLocalStorage } from 'node:async_hooks'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { nameOf, pathOf, send } from './tenants/asking.ts'
import { filledBodies } from './tenants/filled-bodies.ts'
import { type FurnishedTenant, furnishTenant } from './tenants/furnished-tenant.ts'
import { isOfTenants, type PublishedOperation, publishedOperations } from './tenants/published-operations.ts'
import { secondThings } from './tenants/second-things.ts'

/** Of each thing the tenant has, so many more, as far as only these have to be its own. */
const COPIES = 8
const OWN = /^(name|accountNumber|accountName|groupName|trunkName|sipUsername|username|emailAddress|deviceName|customField)$/

let platform: TestControlPlane
let tenant: FurnishedTenant
let reads: readonly PublishedOperation[]
/** The request that goes on: what else asks meanwhile does not count. */
const asking = new AsyncLocalStorage<{ queries: number }>()
const { query } = pg.Client.prototype

beforeAll(async () => {
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...given: readonly unknown[]) {
    const request = asking.getStore()
    if (request !== undefined) request.queries++
    return Reflect.apply(query, this, given) as never
  })
  platform = await startTestControlPlane()
  tenant = await furnishTenant(platform, 'Lists')
  reads = (await publishedOperations(platform)).operations.filter((operation) => operation.method === 'GET' && isOfTenants(operation))
})
afterAll(async () => {
  vi.restoreAllMocks()
  await platform.stop()
})

/** How often each reading operation asks the database, and how long its answer is. */
async function asked(): Promise<ReadonlyMap<string, { readonly queries: number; readonly characters: number }>> {
  const found = new Map<string, { readonly queries: number; readonly characters: number }>()
  for (const operation of reads) {
    const request = { queries: 0 }
    const { status, text } = await asking.run(request, () => send(platform, tenant.token, operation, pathOf(operation, tenant.ids), undefined))
    if (status === 200) found.set(nameOf(operation), { queries: request.queries, characters: text.length })
  }
  return found
}

function copyOf(body: object, turn: number): object {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]: [string, unknown]) => {
      if (name === 'extension') return [name, String(Number(value) + 10 + turn)]
      if (name === 'macAddress') return [name, `0200f1dd00${10 + turn}`]
      return [name, typeof value === 'string' && OWN.test(name) ? (value.includes('@') ? `${turn}${value}` : `${value} ${turn}`) : value]
    }),
  )
}

describe('a list', () => {
  it('asks the database no more often when more is on it', async () => {
    const before = await asked()
    await secondThings(platform, tenant, await filledBodies(platform, tenant))
    for (const [operation, body] of tenant.bodies)
      for (let turn = 0; turn < COPIES; turn++) {
        const [method = '', path = ''] = operation.split(' ')
        if (method === 'POST') await send(platform, tenant.token, { method }, path, copyOf(body, turn))
      }
    const after = await asked()
    const longer = [...before].filter(([name, { characters }]) => (after.get(name)?.characters ?? 0) > 1.5 * characters)
    expect(longer.length).toBeGreaterThan(40)
    // Where nothing was, nothing more was asked.
    const asksMore = [...before].flatMap(([name, then]) => {
      const now = after.get(name)
      return now !== undefined && now.queries >= then.queries + COPIES ? [`${name}: ${then.queries}, then ${now.queries}`] : []
    })
    expect(asksMore).toEqual([])
  })
})
