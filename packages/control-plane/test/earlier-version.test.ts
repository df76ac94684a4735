import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pathOf, send } from './tenants/asking.ts'
import type { Ids } from './tenants/furnished-tenant.ts'

/**
 * What a version of 2026-11-22 (tables up to 0127) had in its database for two tenants with one of everything (`furnished-tenant.ts`), as
 * `pg_dump --inserts` wrote it, and what each of its GETs answered. A later version of these files comes beside them, not in their place.
 */
interface EarlierTenant {
  readonly ids: Ids
  /** Bodies, by path. */
  readonly told: Readonly<Record<string, unknown>>
}

const read = (name: string): string => gunzipSync(readFileSync(new URL(`earlier-version/${name}.gz`, import.meta.url))).toString('utf8')
const PASSWORD = 'Another-horse-2'

let platform: TestControlPlane
let tenants: readonly EarlierTenant[]

beforeAll(async () => {
  platform = await startTestControlPlane({ earlier: read('database.sql') })
  tenants = JSON.parse(read('told.json')) as readonly EarlierTenant[]
})
afterAll(() => platform.stop())

/** Every text and number in it but for names of fields; some numbers are told as texts since. */
function wordsOf(value: unknown, words = new Set<string>()): ReadonlySet<string> {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) wordsOf(member, words)
  else if (typeof value === 'string' || typeof value === 'number') words.add(String(value))
  return words
}

describe('a database of an earlier version', () => {
  it('is brought up to date with everything it told, what was sealed in it too, and is worked on', async () => {
    expect(tenants).toHaveLength(2)
    for (const { ids, told } of tenants) {
      // Who was logged in stays so.
      const { authToken: token } = told['/v2/authorize/userinfo'] as { readonly authToken: string }
      for (const [path, body] of Object.entries(told)) {
        const answer = await send(platform, token, { method: 'GET' }, pathOf({ path }, ids), undefined)
        expect([path, answer.status]).toEqual([path, 200])
        const now = wordsOf(JSON.parse(answer.text))
        expect([path, [...wordsOf(body)].filter((word) => !now.has(word))]).toEqual([path, []])
      }
      const user = `/v2/partition/${ids['partitionId']}/account/${ids['accountId']}/user/${ids['userId']}`
      expect((await platform.logIn(ids['manager'] ?? '', PASSWORD)).status).toBe(200)
      expect((await platform.call('PATCH', user, { lastName: 'Later' }, token)).body).toMatchObject({ lastName: 'Later' })
    }
  })
})
