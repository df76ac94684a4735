import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { callPlaneGauges, connectionGauges, diskGauges, readyParts } from './platform-parts.ts'
import { MEBIBYTE } from './processes/data-directory.ts'

const REPOSITORY = new URL('../../../', import.meta.url).pathname
const RUNNING = readFileSync(`${REPOSITORY}docs/operations/running.md`, 'utf8')
const PAGES = globSync(`${REPOSITORY}docs/{operations,guides}/*.md`).map((path) => readFileSync(path, 'utf8'))

const well = { isStarted: true, database: true, isListening: true, callPlane: { mediaReady: true, switches: 2 }, freeBytes: 900 * MEBIBYTE }

it.each([
  ['everything works', {}, []],
  ['the database is away', { database: false }, ['database']],
  ['nothing listens yet', { isListening: false }, ['sip']],
  ['the first phones are not made yet', { isStarted: false }, ['start']],
  ['one switch worker of two died', { callPlane: { mediaReady: false, switches: 1 } }, ['media']],
  ['all switch workers died', { callPlane: { mediaReady: false, switches: 0 } }, ['sip', 'media']],
  ['the disk is full', { freeBytes: 0 }, ['disk']],
  ['the disk has less room than the database takes at once', { freeBytes: 15 * MEBIBYTE }, ['disk']],
])('/health/ready says which part cannot serve when %s', (_case, trouble, parts) => {
  const said = readyParts({ ...well, ...trouble })
  expect(Object.keys(said).filter((part) => said[part] !== true)).toEqual(parts)
  for (const part of Object.keys(said)) expect(RUNNING).toContain(`\`${part}\``)
})

it('/metrics has the figures that the pages for operators name, and they name all of them', () => {
  const nothing = { get statistics(): never { throw new Error('not asked') } } // prettier-ignore
  const gauges = Object.keys({ ...callPlaneGauges(nothing, nothing), ...connectionGauges({ size: 0, refused: 0 }), ...diskGauges({ freeBytes: 0 }) })
  const named = new Set(PAGES.flatMap((page) => [...page.matchAll(/\bdialtone_[a-z_]+[a-z]\b/g)].map(([name]) => name)))
  expect([...named].filter((name) => !gauges.includes(name))).toEqual([])
  expect(gauges.filter((name) => !RUNNING.includes(`\`${name}\``))).toEqual([])
})

it('the log lines that running.md names are written, at a level an operator watches', () => {
  const lines = [...(/log lines of level `warn` and `error`: ([\s\S]*?)\. /.exec(RUNNING)?.[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, line = '']) => line.replace(/\s+/g, ' ')) // prettier-ignore
  expect(lines.length).toBeGreaterThan(3)
  const sources = globSync(`${REPOSITORY}{apps,packages}/*/src/**/*.ts`).filter((path) => !path.endsWith('.test.ts')).map((path) => readFileSync(path, 'utf8')) // prettier-ignore
  const isWritten = (line: string): boolean => sources.some((source) => source.includes(`.warn('${line}`) || source.includes(`.error('${line}`))
  expect(lines.filter((line) => !isWritten(line))).toEqual([])
})
