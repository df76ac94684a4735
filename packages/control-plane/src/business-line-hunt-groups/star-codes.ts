import type { AccountScope } from '../access/index.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { partitionDefaults } from '../partitions/index.ts'

/** What NANP phones have always dialed for something else: tracing, call return, forwarding, caller ID, call waiting, voicemail; and what agents of queues dial. */
const VERTICAL_SERVICE_CODES: ReadonlySet<string> = new Set([
  '*11', '*43', '*45', '*46', '*47', '*48', '*55', '*57', '*58', '*59', '*60', '*61', '*63', '*64', '*65', '*66', '*67', '*68', '*69', '*70', '*71', '*72', '*73', '*74', '*75', '*76', '*77', '*78', '*79', '*80', '*81', '*82', '*83',
  '*84', '*85', '*86', '*87', '*88', '*89', '*90', '*91', '*92', '*93', '*94', '*95', '*97', '*98', '*99',
]) // prettier-ignore

/** What a phone sends as a star code: `*XX`, and `*2XX` instead of `*2X`, as the numbering plan keeps them apart. */
const STAR_CODES: readonly string[] = [
  ...Array.from({ length: 100 }, (_none, code) => `*${String(code).padStart(2, '0')}`).filter((code) => !code.startsWith('*2')),
  ...Array.from({ length: 100 }, (_none, code) => `*2${String(code).padStart(2, '0')}`),
]

type Executor = Sql | Transaction

/** Codes that a group may be forwarded with: those the dial plan keeps for hunt groups, or else those it does nothing with. */
async function codesForGroups(sql: Executor, scope: AccountScope): Promise<readonly string[]> {
  const { serviceDialPlanRules: rules } = await partitionDefaults(sql, scope)
  const reserved = new Set(rules.filter((rule) => rule.actionType === 'ReservedForHuntGroup').map((rule) => rule.mask))
  if (reserved.size > 0) return STAR_CODES.filter((code) => reserved.has(code))
  const used = rules.map((rule) => rule.mask)
  return STAR_CODES.filter((code) => !VERTICAL_SERVICE_CODES.has(code) && !used.some((mask) => isMatch(mask, code)))
}

/** Whether a group may be forwarded with the code; who has it already is for the index to say. */
export async function isStarCodeFree(sql: Executor, scope: AccountScope, starCode: string): Promise<boolean> {
  return (await codesForGroups(sql, scope)).includes(starCode)
}

/** Those nobody in the account has; with `own` the one it has itself. */
export async function freeStarCodes(sql: Executor, scope: AccountScope, own: string | undefined): Promise<readonly string[]> {
  const rows = await sql.selectFrom('account_object_key').select('value').where('account_id', '=', scope.accountId).where('key', '=', 'starCode').execute()
  const taken = new Set(rows.map((row) => row.value))
  return (await codesForGroups(sql, scope)).filter((code) => code === own || !taken.has(code))
}

/** `x` in a mask is any digit. */
function isMatch(mask: string, code: string): boolean {
  const pattern = mask.replaceAll(/[*#]/g, String.raw`\$&`).replaceAll(/x/gi, String.raw`\d`)
  return new RegExp(`^${pattern}$`).test(code)
}
