import { globSync, readFileSync } from 'node:fs'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sandboxOperations } from '../src/index.ts'
import { type PublishedOperation, publishedOperations } from './tenants/published-operations.ts'

const REPOSITORY = new URL('../../../', import.meta.url).pathname
/** Those that are written from the interface itself are not asked whether they tell it right. */
const PAGES = globSync('{README.md,SECURITY.md,docs/*.md,docs/{operations,guides}/*.md}', { cwd: REPOSITORY }).filter((path) => path !== 'docs/operations.md')
/** As the pages write a request: `GET A/calls/{id}/trace`, `POST …/replay`, `GET P/calls?sipCallId=…`. */
const REQUEST = /\b(GET|POST|PUT|PATCH|DELETE) ([PA…]?\/[^\s`"'|,;)]*)/g
const SHORT: Readonly<Record<string, string>> = { P: '/v2/partition/{}', A: '/v2/partition/{}/account/{}' }
/** Of the server and not of the interface. */
const OF_SERVER = /^\/(health\/|metrics$|openapi|docs)/

let platform: TestControlPlane
let operations: readonly PublishedOperation[]

beforeAll(async () => {
  const nothing = { inboundCall: () => ({ callId: '' }), psapCalls: () => [], advanceClock: () => undefined }
  platform = await startTestControlPlane({ furtherOperations: sandboxOperations(nothing) })
  operations = (await publishedOperations(platform)).operations
})
afterAll(() => platform.stop())

/** A place for an id is `{}`, whatever a page calls it: `{id}`, `:id`, `$ACCOUNT`, `…`. */
const plain = (path: string): string => path.replaceAll(/\{\w*\}|:\w+|\$\w+|…/g, '{}')

/** @returns what is wrong with it */
function problemOf(method: string, written: string): string | undefined {
  const [path = '', query = ''] = written.split('?')
  if (OF_SERVER.test(path)) return undefined
  const isEnd = path.startsWith('…')
  const wanted = isEnd ? plain(path.slice(1)) : plain(path.replace(/^[PA](?=\/)/, (short) => SHORT[short] ?? ''))
  const fits = (operation: PublishedOperation): boolean => {
    const parts = plain(operation.path).split('/')
    const asked = wanted.split('/')
    // What an id stands for may be written out, such as the name of a setting.
    const compared = isEnd ? parts.slice(-asked.length + 1) : parts.slice(1)
    return compared.length === asked.length - 1 && compared.every((part, place) => part === asked[place + 1] || part === '{}')
  }
  const found = operations.filter((operation) => operation.method === method && fits(operation))
  if (found.length === 0) return 'no such operation'
  const names = query === '' ? [] : query.split('&').map((pair) => pair.split('=')[0] ?? '')
  const unknown = names.filter((name) => name !== '…' && !found.some((operation) => operation.query.some((parameter) => parameter.name === name)))
  return unknown.length === 0 ? undefined : `no parameter ${unknown.join(', ')}`
}

it.each(PAGES)('%s names no request that the interface does not have', (page) => {
  const requests = [...readFileSync(`${REPOSITORY}${page}`, 'utf8').matchAll(REQUEST)]
  const wrong = requests.flatMap(([text, method = '', path = '']) => {
    const problem = problemOf(method, path.replace(/[.:]$/, ''))
    return problem === undefined ? [] : [`${text}: ${problem}`]
  })
  expect(wrong).toEqual([])
})

it('they name many', () => {
  const all = PAGES.flatMap((page) => [...readFileSync(`${REPOSITORY}${page}`, 'utf8').matchAll(REQUEST)])
  expect(all.length).toBeGreaterThan(40)
})
