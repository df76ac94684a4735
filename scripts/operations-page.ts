// npm run operations: compares docs/operations.md with the operations the server has; `-- --write` writes the page.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publishedInterface } from './published-interface.ts'

interface PublishedOperation {
  readonly tags?: readonly string[]
  readonly summary?: string
  readonly deprecated?: boolean
  readonly responses?: Readonly<Record<string, unknown>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, PublishedOperation>>>>
}

const page = join(dirname(fileURLToPath(import.meta.url)), '..', 'docs', 'operations.md')
const { paths } = await publishedInterface<Document>()
const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
)
const written = textOf()
if (process.argv.includes('--write')) {
  writeFileSync(page, written)
  console.log(`docs/operations.md has ${operations.length} operations`)
} else if (readFileSync(page, 'utf8') === written) {
  console.log(`docs/operations.md is what the server offers (${operations.length} operations)`)
} else {
  console.log('docs/operations.md is not what the server offers: npm run operations -- --write')
  process.exit(1)
}

function textOf(): string {
  const byTag = Map.groupBy(operations, ({ tags }) => tags?.[0] ?? 'Other')
  const sections = [...byTag].toSorted(([one], [other]) => one.localeCompare(other)).map(([tag, all]) => sectionOf(tag, all))
  return [
    '# Operations',
    '',
    'Every operation, as the server itself publishes it (`/openapi.json`, to read at `/docs`). Written by `npm run operations -- --write`.',
    'Those without `/v2` are the Telephony Resources API (`/openapi/telephony-resources.json`), which has its own envelope.',
    '`…` stands for `/v2/partition/{partitionId}`, `…a` for `…/account/{accountId}`.',
    '',
    ...sections,
  ].join('\n')
}

function sectionOf(tag: string, all: typeof operations): string {
  const own = all.filter(({ deprecated }) => deprecated !== true)
  const aliases = all.filter(({ deprecated }) => deprecated === true)
  const rows = own.map(({ method, path, summary, responses }) => `| \`${method} ${shortened(path)}\` | ${summary ?? ''} | ${statuses(responses)} |`)
  const further = aliases.length === 0 ? [] : ['', `Further spellings: ${aliases.map(({ method, path }) => `\`${method} ${shortened(path)}\``).join(', ')}.`]
  return [`## ${tag}`, '', '| operation | does | answers |', '|---|---|---|', ...rows, ...further, ''].join('\n')
}

function shortened(path: string): string {
  return path.replace('/v2/partition/{partitionId}/account/{accountId}', '…a').replace('/v2/partition/{partitionId}', '…')
}

function statuses(responses: PublishedOperation['responses']): string {
  return Object.keys(responses ?? {})
    .filter((status) => /^[23]/.test(status))
    .join(', ')
}
