import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nameOf, pathOf } from './tenants/asking.ts'
import { type Filled, filledBodies } from './tenants/filled-bodies.ts'
import { type FurnishedTenant, furnishTenant } from './tenants/furnished-tenant.ts'
import { type PublishedOperation, publishedOperations, type TextField } from './tenants/published-operations.ts'
import { canonical, validBody } from './tenants/valid-bodies.ts'

/** Longer than this nobody is kept busy by what is no request: the best of three, for tests share their machine. */
const SLOWEST_MS = 1_000
const TURNS = 3
const DEEP = 10_000
/** Their body is a list, and an empty one is one. */
const TAKES_LIST: ReadonlySet<string> = new Set([
  'PUT /v2/partition/{partitionId}/ratecenter/reordernotification',
  'DELETE /v2/partition/{partitionId}/account/{accountId}/voicemailbox/{voicemailBoxId}/voicemailmessage',
])

let platform: TestControlPlane
let tenant: FurnishedTenant
let published: Awaited<ReturnType<typeof publishedOperations>>
let writes: readonly PublishedOperation[]
let filled: Readonly<Record<string, Filled>>

beforeAll(async () => {
  platform = await startTestControlPlane()
  tenant = await furnishTenant(platform, 'Hostile')
  filled = await filledBodies(platform, tenant)
  published = await publishedOperations(platform)
  writes = published.operations.filter(({ body, isAlias, method }) => body !== undefined && !isAlias && method !== 'GET')
}, 300_000)
afterAll(() => platform.stop())

/** Again while it is slow. */
async function tried(operation: PublishedOperation, payload: string, contentType?: string) {
  let answer = await send(operation, payload, contentType)
  for (let turn = 1; turn < TURNS && answer.ms > SLOWEST_MS; turn++) answer = await send(operation, payload, contentType)
  return answer
}

/** Tries it only: what should be refused, and is not, changes nothing. */
async function send(operation: PublishedOperation, payload: string, contentType = 'application/json') {
  const ids = { ...tenant.ids, ...filled[canonical(operation.path)]?.ids }
  const asked = operation.query.flatMap(({ name, required }) => (required === true ? [`${name}=${encodeURIComponent(ids[name] ?? '1')}`] : []))
  const url = `${pathOf(operation, ids)}?${[...asked, 'dryRun=true'].join('&')}`
  const headers = { 'x-auth-token': tenant.token, 'content-type': contentType }
  const startMs = performance.now()
  const answer = await platform.plane.http.inject({ method: operation.method, url, headers, payload })
  return { status: answer.statusCode, text: answer.body, ms: performance.now() - startMs }
}

const bodyOf = (operation: PublishedOperation): unknown => validBody(operation, tenant.ids, filled) ?? published.sampleOf(operation.body ?? {})

/** Every operation with each hostile body: what is answered otherwise than it should be. */
async function wrongOnes(
  asked: (operation: PublishedOperation) => readonly (readonly [what: string, payload: string, contentType?: string])[],
  isRight: (status: number, text: string, what: string) => boolean,
): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const operation of writes)
    for (const [what, payload, contentType] of asked(operation)) {
      const { status, text, ms } = await tried(operation, payload, contentType)
      if (status >= 500 || ms > SLOWEST_MS || !isRight(status, text, what))
        wrong.push(`${nameOf(operation)} ${what}: ${status} in ${Math.round(ms)} ms ${text.slice(0, 200)}`)
    }
  return wrong
}

const isRefused = (status: number): boolean => status >= 400 && status < 500
const withText = (operation: PublishedOperation, field: TextField, value: string): string =>
  JSON.stringify(published.withValue(operation.body ?? {}, bodyOf(operation), field.path, value, field.referenceTypes[0]))

describe('every operation that takes a body', () => {
  it('there are many', () => {
    expect(writes.length).toBeGreaterThan(150)
  })

  it('refuses what is no object of JSON, and what no program keeps', { timeout: 240_000 }, async () => {
    const forms: readonly (readonly [string, string, string?])[] = [
      ['a list', '[]'],
      ['a text', '"text"'],
      ['half an object', '{"name":'],
      ['10,000 levels', `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`],
      ['10,000 lists', `{"a":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`],
      ['a number without end', '{"a":1e400}'],
      ['a name with NUL', '{"a\\u0000":1}'],
      ['a name that is half a pair', '{"\\ud800":1}'],
      ['another content type', '{}', 'application/xml'],
      ['text', '{}', 'text/plain'],
    ]
    const formsFor = (operation: PublishedOperation) => (TAKES_LIST.has(nameOf(operation)) ? forms.slice(1) : forms)
    expect(await wrongOnes(formsFor, isRefused)).toEqual([])
  })

  it('is not shaken by names that mean something to JavaScript, by members said twice, and by 20,000 members', { timeout: 240_000 }, async () => {
    const many = `[${'1,'.repeat(20_000)}1]`
    const forms: readonly (readonly [string, string])[] = [
      ['__proto__', '{"__proto__":{"isAdmin":true,"then":1},"constructor":{"prototype":{"isAdmin":true}}}'],
      ['then', '{"then":"x","toJSON":"x","toString":1,"valueOf":{},"hasOwnProperty":1}'],
      ['twice', '{"name":"a","name":"b","id":"x","id":"y"}'],
      ['many', `{"a":${many},"name":${many}}`],
    ]
    expect(await wrongOnes(() => forms, () => true)).toEqual([])
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined()
  }) // prettier-ignore

  it('no text of any of them holds NUL, half a pair or an escape; each refusal names field and rule', { timeout: 240_000 }, async () => {
    const hostile = (operation: PublishedOperation) =>
      published
        .textsIn(operation.body ?? {})
        .flatMap((field) =>
          [`x\u0000y`, 'x\ud800y', 'x\u001b[2Jy'].map(
            (value) => [`${field.path.join('.')} = ${JSON.stringify(value)}`, withText(operation, field, value)] as const,
          ),
        )
    const isNamed = (status: number, text: string): boolean => isRefused(status) && /"field":"[^"]+"/.test(text) && /"rule":"[^"]+"/.test(text)
    expect(await wrongOnes(hostile, (status, text) => isNamed(status, text) || text.includes('"success":false'))).toEqual([])
  })

  it('no name of any of them holds a line break that would become a header, a cell or a line of a file', { timeout: 240_000 }, async () => {
    const isName = (field: TextField): boolean => /(name|number|title|label|address|user|host|domain|extension|id)$/i.test(field.path.findLast((part) => part !== '[]') ?? '')
    const hostile = (operation: PublishedOperation) =>
      published
        .textsIn(operation.body ?? {})
        .filter(isName)
        .map((field) => [field.path.join('.'), withText(operation, field, 'Ann\r\nX-Evil: 1')] as const)
    expect(await wrongOnes(hostile, isRefused)).toEqual([])
  }) // prettier-ignore

  it('words that are members of every object of JavaScript are texts like others', { timeout: 240_000 }, async () => {
    const hostile = (operation: PublishedOperation) =>
      published
        .textsIn(operation.body ?? {})
        .flatMap((field) => ['constructor', '__proto__'].map((word) => [`${field.path.join('.')} = ${word}`, withText(operation, field, word)] as const))
    expect(await wrongOnes(hostile, (_status, text) => !/native code|object Object/.test(text))).toEqual([])
  }) // prettier-ignore

  it('digits of other scripts, minus zero and numbers beyond all bounds are no failures of ours', { timeout: 240_000 }, async () => {
    const odd = ['\u0661\u0662\u0663\u0664', '\uff11\uff12\uff13', '-0', '1e309', '99999999999999999999', 'NaN', ' ', '\u202e321', "'; DROP TABLE account; --", '%s%n', '../../etc/passwd', '\ud83d\ude00'.repeat(2000)] // prettier-ignore
    const hostile = (operation: PublishedOperation) =>
      published
        .textsIn(operation.body ?? {})
        .map((field, index) => [`${field.path.join('.')} = ${odd[index % odd.length]?.slice(0, 30)}`, withText(operation, field, odd[index % odd.length] ?? '')] as const)
    expect(await wrongOnes(hostile, () => true)).toEqual([])
  }) // prettier-ignore
})
