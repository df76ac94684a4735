import { type CallRecord, explainCall } from '@dialtone/softswitch'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NO_SWITCH } from '../src/no-switch.ts'
import { nameOf, pathOf, pictureOf, send, TAKEN, told } from './tenants/asking.ts'
import { canonical, validBody } from './tenants/valid-bodies.ts'
import { type Filled, filledBodies } from './tenants/filled-bodies.ts'
import { filesOf, type FurnishedTenant, furnishTenant, type Ids, strangerOf } from './tenants/furnished-tenant.ts'
import { isOfTenants, type PublishedOperation, publishedOperations, type TextField } from './tenants/published-operations.ts'
import { askingBodies, besideField, secondThings } from './tenants/second-things.ts'
import { namedBy } from './tenants/who-is-named.ts'

/** Occurs in everything the victim owns. */
const MARK = 'OnlyForTheVictim'
/** It goes on in every account. */
const CALL = 'call-that-goes-on'

let platform: TestControlPlane
let attacker: FurnishedTenant
let victim: FurnishedTenant
let stranger: Ids
let published: Awaited<ReturnType<typeof publishedOperations>>
let operations: readonly PublishedOperation[]

beforeAll(async () => {
  const liveCall = {
    sessionId: CALL,
    direction: 'OUTBOUND',
    callingNumber: '',
    callingName: '',
    calledNumber: '',
    dialedNumber: '',
    startedAtMs: 0,
  } as CallRecord
  platform = await startTestControlPlane({
    calls: {
      ...NO_SWITCH,
      explain: async (question) => explainCall({ directory: platform.plane.view, bindingsOf: () => [], occupancy: {} }, question),
      callsOf: () => Promise.resolve([liveCall]),
    },
  })
  attacker = await furnishTenant(platform, 'Attacker')
  victim = await furnishTenant(platform, MARK)
  stranger = strangerOf(victim.ids)
  published = await publishedOperations(platform)
  operations = published.operations.filter(isOfTenants)
}, 300_000)
afterAll(() => platform.stop())

const lastName = (field: TextField): string => field.path.findLast((part) => part !== '[]') ?? ''

interface Swap {
  readonly operation: PublishedOperation
  /** What is swapped: the name of the filter, or the field with its way. */
  readonly where: string
  readonly key: string
  /** The request with that id of somebody. */
  readonly request: (id: string) => { readonly path: string; readonly body: unknown }
}

/** Asks with an id of the victim and with one of nobody, changing nothing: both have to be told the same, and nothing of the victim. */
async function differences(swaps: readonly Swap[]): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const swap of swaps) wrong.push(...(await difference(swap)))
  return wrong
}

async function difference({ operation, where, key, request }: Swap): Promise<readonly string[]> {
  const dry = (path: string) => (operation.method === 'GET' ? path : `${path}${path.includes('?') ? '&' : '?'}dryRun=true`)
  const ask = async (id: string) => {
    const { path, body } = request(id)
    const answer = await send(platform, attacker.token, operation, dry(path), body)
    return { ...answer, told: told(operation, answer, id) }
  }
  const [theirs, nobodys] = [victim.ids[key] ?? '', stranger[key] ?? '']
  const ofVictim = await ask(theirs)
  const ofNobody = await ask(nobodys)
  const leaks = ofVictim.text.replaceAll(theirs, '').includes(MARK)
  if (ofVictim.status < 500 && !leaks && (ofVictim.told === ofNobody.told || TAKEN.test(ofVictim.text))) return []
  return [
    `${nameOf(operation)} with the victim's ${key} as ${where}${leaks ? ' LEAKS' : ''}: ${ofVictim.told.slice(0, 260)} | nobody's: ${ofNobody.told.slice(0, 200)}`,
  ]
}

function filterSwaps(): readonly Swap[] {
  return operations.flatMap((operation) =>
    operation.query.flatMap(({ name, schema }) => {
      if (schema.type !== 'string' || schema.enum !== undefined) return []
      const base = pathOf(operation, attacker.ids)
      const needed = operation.query.filter((parameter) => parameter.required === true && parameter.name !== name)
      const rest = needed.map((parameter) => `&${parameter.name}=${encodeURIComponent(sampleOfQuery(parameter.name, parameter.schema))}`).join('')
      const body = operation.body === undefined ? undefined : published.sampleOf(operation.body)
      return (namedBy(name) ?? []).map((key) => ({
        operation,
        where: `?${name}`,
        key,
        request: (id: string) => ({ path: `${base}?${name}=${encodeURIComponent(id)}${rest}`, body }),
      }))
    }),
  )
}

function sampleOfQuery(name: string, schema: PublishedOperation['query'][number]['schema'], ids: Ids = attacker.ids): string {
  if (/date/i.test(name)) return '2026-11-21'
  const key = namedBy(name)?.[0]
  return key === undefined ? String(published.sampleOf(schema)) : (ids[key] ?? '')
}

/** What passes there, as far as anybody knows: what was sent when the tenant was furnished, what is there now, or what is required. */
async function ownBody(operation: PublishedOperation, path: string, filled: Readonly<Record<string, Filled>>): Promise<unknown> {
  const valid = askingBodies(attacker.ids)[`${operation.method} ${canonical(operation.path)}`] ?? validBody(operation, attacker.ids, filled)
  if (valid !== undefined) return valid
  const sent = attacker.bodies.get(`${operation.method} ${path}`)
  if (sent !== undefined)
    return JSON.parse(
      JSON.stringify(sent)
        .replaceAll('Attacker', 'Another')
        .replaceAll('attacker', 'another')
        .replaceAll('"49', '"48')
        .replaceAll('"ACC-', '"NEW-')
        .replaceAll('"extension":"4000"', '"extension":"4777"'),
    )
  if (operation.method === 'PUT' || operation.method === 'PATCH') {
    const own = await send(platform, attacker.token, { method: 'GET' }, path, undefined)
    const read: unknown = own.status === 200 && own.text.startsWith('{') ? JSON.parse(own.text) : undefined
    if (read !== undefined) return (read as { data?: unknown }).data ?? read
  }
  return published.sampleOf(operation.body ?? {})
}

const TYPES: Readonly<Record<string, RegExp>> = {
  ...{
    userId: /^END_USER$/,
    ivrId: /^IVR$/,
    sipTrunkId: /^SIP_TRUNK$/,
    businessLineId: /^BUSINESS_LINE$/,
    number: /NUMBER/,
    voicemailBoxId: /VOICEMAIL/,
    queueId: /QUEUE/,
  },
}

/**
 * Swaps in which the id is what decides: with an id of his own the caller passes, or what he is told names the id. Any other stops at
 * something else before the id is looked at, and proves nothing.
 */
async function notJudged(swaps: readonly Swap[]): Promise<readonly string[]> {
  const left: string[] = []
  for (const { operation, where, key, request } of swaps) {
    const own = attacker.ids[key] ?? ''
    const { path, body } = request(own)
    const { status, text } = await send(platform, attacker.token, operation, `${path}${path.includes('?') ? '&' : '?'}dryRun=true`, body)
    if (status >= 300 && !text.replace(/"path":"[^"]*"/, '').includes(own)) left.push(`${nameOf(operation)} ${where} ${key}: ${text.slice(0, 160)}`)
  }
  return left
}

/** So many of the swaps in bodies are judged, and never fewer: whoever adds an operation gives it a body that passes (tenants/valid-bodies.ts). */
const JUDGED = 893

async function bodySwaps(): Promise<readonly Swap[]> {
  const swaps: Swap[] = []
  const first = await filledBodies(platform, attacker)
  const filled = { ...first, ...(await secondThings(platform, attacker, first)) }
  for (const operation of operations.filter(({ body, method }) => body !== undefined && method !== 'DELETE')) {
    const ids = { ...attacker.ids, callId: CALL, ...filled[canonical(operation.path)]?.ids }
    const asked = operation.query
      .filter(({ name, required }) => required === true || (name === 'groupId' && operation.method === 'PUT'))
      .map(({ name, schema }) => `${name}=${encodeURIComponent(sampleOfQuery(name, schema, ids))}`)
    const path = [pathOf(operation, ids), ...(asked.length === 0 ? [] : [asked.join('&')])].join('?')
    const own = await ownBody(operation, path, filled)
    for (const field of published.textsIn(operation.body ?? {}))
      for (const key of namedBy(lastName(field)) ?? []) {
        const type = lastName(field) === 'referenceId' ? field.referenceTypes.find((each) => TYPES[key]?.test(each)) : undefined
        if (field.referenceTypes.length > 0 && lastName(field) === 'referenceId' && type === undefined) continue
        swaps.push({
          operation,
          where: field.path.join('.'),
          key,
          request: (id) => ({
            path,
            body: published.withValue(
              operation.body ?? {},
              { ...(own as object), ...besideField(operation.path, field.path.join('.'), key) },
              field.path,
              id,
              type,
            ),
          }),
        })
      }
  }
  return swaps
}

describe('ids of another tenant, for every operation there is', () => {
  it('every filter and field is known by what may stand there', () => {
    const names = operations.flatMap((operation) => [
      ...operation.query.filter(({ schema }) => schema.type === 'string' && schema.enum === undefined).map(({ name }) => [nameOf(operation), name] as const),
      ...published.textsIn(operation.body ?? {}).map((field) => [nameOf(operation), lastName(field)] as const),
    ])
    expect(names.filter(([, name]) => namedBy(name) === undefined)).toEqual([])
    expect(names.length).toBeGreaterThan(500)
  })

  it('in filters: told what is told of ids that nobody has', { timeout: 120_000 }, async () => {
    const swaps = filterSwaps()
    expect(swaps.length).toBeGreaterThan(50)
    expect(await differences(swaps)).toEqual([])
    // What is asked for as a file is looked at in the file.
    expect((await filesOf(platform, attacker.token)).filter((text) => text.includes(MARK))).toEqual([])
  })

  it('in bodies: told what is told of ids that nobody has, and what passes brings nothing of the victim in', { timeout: 900_000 }, async () => {
    const before = await pictureOf(platform, operations, victim)
    expect([...before.values()].filter((text) => text.startsWith('500'))).toEqual([])
    const swaps = await bodySwaps()
    expect(swaps.length).toBeGreaterThan(1000)
    const counted = swaps.filter(({ operation }) => !operation.isAlias)
    const left = await notJudged(counted)
    expect(counted.length - left.length, `of ${counted.length} judged; not: ${left.join('\n')}`).toBeGreaterThanOrEqual(JUDGED)
    expect(await differences(swaps)).toEqual([])
    for (const { operation, key, request } of swaps) {
      const { path, body } = request(victim.ids[key] ?? '')
      await send(platform, attacker.token, operation, path, body)
    }
    const shown = [...(await pictureOf(platform, operations, attacker))].filter(([, text]) => text.includes(MARK))
    expect(shown).toEqual([])
    expect(await pictureOf(platform, operations, victim)).toEqual(before)
  })
})
