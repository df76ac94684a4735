import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nameOf, pathOf, send } from './tenants/asking.ts'
import { type FurnishedTenant, furnishTenant, type Ids } from './tenants/furnished-tenant.ts'
import { type PublishedOperation, publishedOperations } from './tenants/published-operations.ts'
import { NO_THINGS } from './tenants/written-elsewhere.ts'
import type { WrittenThing } from './tenants/written-thing.ts'
import { writtenThings } from './tenants/written-things.ts'

type Members = Readonly<Record<string, unknown>>
type Method = PublishedOperation['method']

/** How an object of a path is known in a path. */
const KNOWN_AS: Readonly<Record<string, readonly string[]>> = { deviceId: ['lineId'], cppId: ['planProductId'], groupId: ['sipTrunkGroupId'], id: ['trunk'], entity: ['trunk', 'domain', 'device', 'orgips'] } // prettier-ignore
/** What follows from other things and from time. */
const LIVE = /^(updated|provisioning_status|lastModified|modified|registration|version)/i

let platform: TestControlPlane
let tenant: FurnishedTenant
let published: Awaited<ReturnType<typeof publishedOperations>>
let things: readonly WrittenThing[]
/** Of what was made: its ids, by the thing. */
const made = new Map<WrittenThing, Ids>()

beforeAll(async () => {
  platform = await startTestControlPlane()
  tenant = await furnishTenant(platform, 'Written')
  published = await publishedOperations(platform)
  things = await writtenThings(platform, tenant)
}, 120_000)
afterAll(() => platform.stop())

const isResource = (path: string): boolean => !path.startsWith('/v2')
/** Of an interface that makes by POST and replaces by PUT; the Telephony Resources do it the other way round. */
const making = (path: string): Method => (isResource(path) ? 'PUT' : 'POST')
const template = (path: string): string => (isResource(path) ? path.replace(/\/(new|phone)$/, '/{entity}') : path)
const fill = (path: string, ids: Ids): string => pathOf({ path }, ids)
const operationAt = (method: Method, path: string) => published.operations.find((each) => each.method === method && each.path === template(path))
const idsOf = (thing: WrittenThing): Ids => ({ ...tenant.ids, ...thing.ids, ...made.get(thing) })
/** What it is, as it stands in its path now. */
const placeOf = (thing: WrittenThing): string => fill(thing.at, idsOf(thing))

async function ask(method: Method, path: string, body?: object) {
  const { status, text } = await send(platform, tenant.token, { method }, path, body)
  return { status, text, body: JSON.parse(text === '' ? '{}' : text) as Members }
}

async function read(thing: WrittenThing): Promise<Members> {
  const more = thing.at.startsWith('/devices') ? '?include=lines,settings' : ''
  const answer = await ask('GET', placeOf(thing) + more)
  if (answer.status !== 200) throw new Error(`GET ${placeOf(thing)}: ${answer.status} ${answer.text}`)
  return (isResource(thing.at) ? answer.body['data'] : answer.body) as Members
}

const isOtherwise = ({ otherwise = {} }: WrittenThing, path: string): boolean =>
  Object.keys(otherwise).some((field) => path === field || path.startsWith(`${field}.`))

/** Where what is read is not what was written; a reader may show more. */
function lost(thing: WrittenThing, written: unknown, shown: unknown, path = ''): readonly string[] {
  if ((path !== '' && isOtherwise(thing, path)) || (written === null && shown === undefined)) return []
  const told = `${path}: ${JSON.stringify(written)} is read as ${JSON.stringify(shown)}`
  if (typeof written !== 'object' || written === null) return written === shown ? [] : [told]
  if (typeof shown !== 'object' || shown === null || (Array.isArray(written) && written.length !== (shown as readonly unknown[]).length)) return [told]
  const members = Object.entries(written)
  return members.flatMap(([name, value]) =>
    lost(thing, value, (shown as Members)[name], Array.isArray(written) ? path : path === '' ? name : `${path}.${name}`),
  )
}

/** Every place there is in a body, lists left out of the paths. */
function placesIn(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const place = Array.isArray(value) ? path : path === '' ? name : `${path}.${name}`
    return [...(Array.isArray(value) ? [] : [place]), ...placesIn(member, place)]
  })
}

async function make(thing: WrittenThing): Promise<readonly string[]> {
  if (thing.madeAt === undefined) return []
  const answer = await ask(making(thing.madeAt), fill(thing.madeAt, idsOf(thing)), thing.bodies[0])
  if (answer.status >= 300) return [`${making(thing.madeAt)} ${thing.madeAt}: ${answer.status} ${answer.text.slice(0, 400)}`]
  const shown = (answer.body['data'] ?? answer.body) as Members
  if (thing.idName !== undefined) {
    const id = String(shown['id'])
    made.set(thing, Object.fromEntries([thing.idName, ...(KNOWN_AS[thing.idName] ?? [])].map((name) => [name, id])))
  }
  return lost(thing, thing.bodies[0], await read(thing)).map((each) => `${making(thing.madeAt ?? '')} ${thing.madeAt} ${each}`)
}

async function write(thing: WrittenThing, method: Method, body: object): Promise<readonly string[]> {
  const answer = await ask(method, placeOf(thing), body)
  const what = `${method} ${thing.at}`
  return answer.status >= 300
    ? [`${what}: ${answer.status} ${answer.text.slice(0, 400)}`]
    : lost(thing, body, await read(thing)).map((each) => `${what} ${each}`)
}

const methodsOf = (thing: WrittenThing): readonly Method[] =>
  (['PUT', 'PATCH', 'POST'] as const).filter(
    (method) => thing.writtenBy?.includes(method) !== false && (method !== 'POST' || isResource(thing.at)) && operationAt(method, thing.at)?.body !== undefined,
  )
const partial = (thing: WrittenThing): Method | undefined => methodsOf(thing).find((method) => method === (isResource(thing.at) ? 'POST' : 'PATCH'))

// In this order: what is made first is what the others change.
describe('whatever has fields', () => {
  it('is here with every one of them, or says why not', () => {
    const bodies = published.operations.filter(
      (each) => each.body !== undefined && !each.isAlias && each.method !== 'GET' && each.method !== 'DELETE' && !each.takesForm,
    )
    const known = new Set<string>()
    const missing: string[] = []
    for (const thing of things) {
      const operations = [
        ...methodsOf(thing).map((method) => operationAt(method, thing.at)),
        ...(thing.madeAt === undefined ? [] : [operationAt(making(thing.madeAt), thing.madeAt)]),
      ]
      const written = new Set(thing.bodies.flatMap((body) => placesIn(body)))
      const alike = Object.keys(thing.bodies[0]).filter(
        (field) => !isOtherwise(thing, field) && JSON.stringify(thing.bodies[0][field]) === JSON.stringify(thing.bodies[1][field]),
      )
      missing.push(...alike.map((field) => `${thing.at} ${field} is the same in both bodies`))
      for (const operation of operations) {
        if (operation === undefined) continue
        known.add(nameOf(operation))
        for (const place of new Set(published.fieldsIn(operation.body ?? {})))
          if (!written.has(place) && !isOtherwise(thing, place)) missing.push(`${nameOf(operation)} ${place}`)
      }
    }
    expect(missing.join('\n')).toBe('')
    const unknown = bodies.map(nameOf).filter((name) => !known.has(name) && !(name in NO_THINGS))
    expect(unknown).toEqual([])
  })

  it('is read as it was written, made, replaced or changed', { timeout: 240_000 }, async () => {
    const wrong: string[] = []
    for (const thing of things) {
      const failed = await make(thing)
      wrong.push(...failed)
      if (thing.madeAt !== undefined && thing.idName !== undefined && !made.has(thing)) continue
      for (const method of methodsOf(thing)) for (const body of thing.bodies.toReversed()) wrong.push(...(await write(thing, method, body)))
    }
    expect(wrong.join('\n')).toBe('')
  })

  it('keeps what a change of one field does not name', { timeout: 240_000 }, async () => {
    const wrong: string[] = []
    for (const thing of things) {
      const method = partial(thing)
      const [first, second] = thing.bodies
      if (method === undefined) continue
      for (const field of Object.keys(first)) {
        if (isOtherwise(thing, field) || thing.together?.includes(field) === true || JSON.stringify(first[field]) === JSON.stringify(second[field])) continue
        const before = await read(thing)
        const answer = await ask(method, placeOf(thing), { [field]: second[field] ?? null })
        const after = await read(thing)
        const changed = Object.keys({ ...before, ...after }).filter((name) => !LIVE.test(name) && JSON.stringify(before[name]) !== JSON.stringify(after[name]))
        const expected = [field, ...(thing.follow?.[field] ?? [])].toSorted()
        if (answer.status >= 300 || changed.toSorted().join() !== expected.join())
          wrong.push(`${method} ${thing.at} ${field}: ${answer.status >= 300 ? answer.text.slice(0, 300) : `changed ${changed.join()}`}`)
        await ask(method, placeOf(thing), { [field]: first[field] ?? null })
      }
    }
    expect(wrong.join('\n')).toBe('')
  })

  it('takes the other words for a field in a change too', async () => {
    const wrong: string[] = []
    for (const thing of things)
      for (const [word, field] of Object.entries(thing.words ?? {})) {
        const method = partial(thing) ?? 'PUT'
        const value = thing.bodies.map((body) => body[field]).find((each) => each !== undefined)
        const other = thing.bodies.map((body) => body[field]).findLast((each) => each !== value)
        await ask(method, placeOf(thing), { [field]: value })
        await ask(method, placeOf(thing), { [word]: other })
        const shown = (await read(thing))[field]
        if (shown !== other) wrong.push(`${method} ${thing.at} ${word}: ${String(shown)}, not ${String(other)}`)
      }
    expect(wrong.join('\n')).toBe('')
  })

  it('keeps what it says when a PUT leaves it out, and nothing else', { timeout: 240_000 }, async () => {
    const wrong: string[] = []
    for (const thing of things) {
      if (isResource(thing.at) || !methodsOf(thing).includes('PUT')) continue
      const judged = Object.keys(thing.bodies[0]).filter((field) => !isOtherwise(thing, field))
      const left = new Set<string>()
      for (const body of thing.bodies) {
        await ask('PUT', placeOf(thing), body)
        const before = await read(thing)
        for (const field of judged) {
          const { [field]: _left, ...rest } = body
          const { would } = (await ask('PUT', `${placeOf(thing)}?dryRun=true`, rest)).body as { readonly would?: { readonly body?: Members } }
          // What a PUT has to say is said no more; what is nothing is nothing left out.
          const isSame = before[field] !== undefined && JSON.stringify(would?.body?.[field]) === JSON.stringify(before[field])
          if (!isSame) left.add(field)
        }
      }
      const stayed = judged.filter((field) => !left.has(field))
      const expected = (thing.stay ?? []).filter((field) => !isOtherwise(thing, field))
      if (stayed.toSorted().join() !== expected.toSorted().join()) wrong.push(`PUT ${thing.at} keeps ${stayed.join()}, and should keep ${expected.join()}`)
    }
    expect(wrong.join('\n')).toBe('')
  })
})
