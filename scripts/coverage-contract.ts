// npm run coverage:contract: how much of the public provisioning interface we publish, and where we differ from it.
// The public document is not part of this repository: DIALTONE_PUBLIC_SPEC names it, or it lies beside the checkout.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publishedInterface } from './published-interface.ts'
import { compareContracts, type ContractDocument, type Reasons, unexplained } from './contract-comparison.ts'

/** Tags whose operations the first tier is made of: what the platform has to have. */
const FIRST_TIER = new Set([
  'Account', 'Account Device', 'Account Device Line', 'Address', 'Authorize', 'Bulk Operation Collection', 'Bulk Operation Job', 'Business Line',
  'Business Line Hunt Group', 'CDRs', 'Calling Plan Product', 'Emergency Notification', 'End User', 'IVR', 'Partition', 'Port', 'Reference Resources',
  'SIP Trunk', 'Service Activation', 'Specialty Line', 'Telephone Number',
]) // prettier-ignore

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const named = process.env['DIALTONE_PUBLIC_SPEC'] ?? ''
const path = named === '' ? join(root, '..', 'shared', 'contract', 'public-spec.json') : named
if (named === '' && !existsSync(path)) {
  console.log('skipped: the public spec is not beside this checkout')
  process.exit(0)
}

const leftOut = readJson<Readonly<Record<string, string>>>(join(root, 'docs', 'contract-members-left-out.json'))
const { counted, differences } = compareContracts(await publishedInterface<ContractDocument>(), readJson<ContractDocument>(path), new Set(Object.keys(leftOut)))
const reasonsPath = join(root, 'docs', 'contract-differences.json')
const { open, stale } = unexplained(differences, existsSync(reasonsPath) ? readJson<Reasons>(reasonsPath) : {})
for (const { operation, aspect, text } of open) console.log(`differs without a reason: ${operation} (${aspect}): ${text}`)
for (const name of stale) console.log(`no longer differs: ${name}`)
const [first, all] = [counted(FIRST_TIER), counted()]
console.log(
  `${first.implemented} / ${first.total} T1 operations, ${all.implemented} / ${all.total} of all; ${differences.length} differences, ${open.length} without a reason`,
)
process.exit(open.length + stale.length > 0 ? 1 : 0)

function readJson<Content>(file: string): Content {
  return JSON.parse(readFileSync(file, 'utf8')) as Content
}
