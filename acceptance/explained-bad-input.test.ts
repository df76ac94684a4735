import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { seededBelow } from './phones/hostile-sip.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { done, type Identified, Tenant, unique } from './tenant.ts'

const QUESTIONS = 1500
const ANSWERED_WITHIN_MS = 1000
/** Occurs in what the other tenant owns. */
const MARKER = 'OnlyForTheOther'

/** One of those asked about, and whatever is known of it. */
interface Furnished {
  readonly parties: TwoParties
  readonly number: string
  readonly known: readonly string[]
}

let own: Furnished
let other: Furnished
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  const owner = await Tenant.logIn()
  own = await furnish(await partitionOf(owner, 'asking'), 'Own')
  other = await furnish(await partitionOf(owner, 'other'), MARKER)
})
afterAll(() => {
  for (const phone of phones) phone.socket.close()
})

async function partitionOf(owner: Tenant, name: string): Promise<Tenant> {
  const manager = { username: `${unique(name)}@example.com`, password: 'Correct-Horse-7-Battery', firstName: name, lastName: 'Operator' }
  done(await owner.http.post<Identified>(`${owner.path}/partition`, { name: unique(name), manager }))
  return Tenant.logIn({ ...inject('platform'), username: manager.username, password: manager.password })
}

/** Two registered phones, a number that rings one of them, a hunt group and a forward. */
async function furnish(tenant: Tenant, name: string): Promise<Furnished> {
  const parties = await makeTwoParties(tenant, { accountName: name })
  const { account, caller, callee, server } = parties
  for (const { login } of [caller, callee]) {
    const phone = await ScriptedPhone.open(server, login)
    phones.push(phone)
    await phone.register()
  }
  const number = await account.addNumber()
  await account.assignNumber(number, callee.userId)
  const members = [{ userId: caller.userId }, { userId: callee.userId }]
  const group = done(await account.http.post<Identified>(`${account.path}/hunt-group`, { name, strategy: 'SEQUENTIAL', members, extension: '4600' }))
  const handling = { callHandlingOptionType: 'ForwardAlways', forwardAlwaysToNumber: '18015559876' }
  done(await account.http.patch(`${account.path}/user/${caller.userId}`, { lastName: name, callHandlingSettings: handling }))
  const logins = [caller, callee].flatMap(({ userId, login }) => [userId, login.lineId, login.sipUsername])
  return { parties, number, known: [account.id, tenant.partitionId, group.id, name, ...logins] }
}

const SPELLINGS: readonly ((number: string) => string)[] = [
  (number) => number,
  (number) => `+${number}`,
  (number) => number.slice(1),
  (number) => `tel:+${number}`,
  (number) => `sip:+${number}@dialtone.local;user=phone`,
  (number) => `(${number.slice(1, 4)}) ${number.slice(4, 7)}-${number.slice(7)}`,
  (number) => `*67${number}`,
  (number) => `011${number}`,
  (number) => `${number};ext=5`,
  (number) => `${number}\u0000`,
  (number) => number.replaceAll(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
]
const WORDS = ['', ' ', '4000', '4001', '4600', 'anonymous', '911', '*67911', '9911', 'sip:911@x', '*97', '*55', '*69', '*11', '**', '#', '0'.repeat(60), '9'.repeat(200), '__proto__',
  'constructor', '\r\nX: y', `'; DROP TABLE account;--`, '%s%n', '\u202e4000', '\u{1f600}', '<sip:4000@x>', '+', '+1', '+442079460958', '0114420794609', '18005551212', '8015550104'] // prettier-ignore
const TIMES = ['now', '', '0', '2026-02-30T00:00:00Z', '2026-11-23', '9999-12-31T23:59:59Z', '0000-01-01T00:00:00Z', '+275760-09-13T00:00:00Z', '2026-11-23T10:00:00', '1969-12-31T23:59:59Z',
  '2026-03-08T02:30:00-07:00', 'x'.repeat(41)] // prettier-ignore
const VALUES: readonly unknown[] = [null, true, 0, -1, 1.5, 18015550100, [], ['4000'], {}, { a: 1 }]

describe('bad questions about the routing, to a switch with phones', () => {
  it('get an answer in a moment, none that is our fault, and never a word about what is another tenant’s', { timeout: 120_000 }, async () => {
    const below = seededBelow(4711)
    const oneOf = <Of>(list: readonly Of[]): Of => list[below(list.length)] as Of
    const whoever = () => {
      const turn = below(20)
      if (turn === 0) return oneOf(VALUES)
      if (turn < 7) return oneOf(SPELLINGS)(oneOf([own.number, other.number, '18015559876', '12125550199']))
      if (turn < 12) return oneOf(WORDS)
      return oneOf([...own.known, ...own.known, ...other.known])
    }
    const time = () => (below(8) === 0 ? oneOf(VALUES) : oneOf([...TIMES, new Date(Date.now() - below(60_000)).toISOString()]))
    const { http, path } = own.parties.tenant
    const told = new Map<number, number>()
    for (let turn = 0; turn < QUESTIONS; turn++) {
      const question = {
        from: whoever(),
        to: whoever(),
        ...(below(3) === 0 ? { at: time() } : {}),
        ...(below(3) === 0 ? { asOf: time() } : {}),
        ...(below(4) === 0 ? { accountId: oneOf([own.parties.account.id, other.parties.account.id, '__proto__', null]) } : {}),
        ...(below(6) === 0 ? { fromName: whoever() } : {}),
      }
      const sent = JSON.stringify(question)
      const askedAtMs = performance.now()
      const { status, text } = await http.post(`${path}/routing/explain`, question)
      expect(performance.now() - askedAtMs, sent).toBeLessThan(ANSWERED_WITHIN_MS)
      expect([200, 400], `${sent} ${text}`).toContain(status)
      told.set(status, (told.get(status) ?? 0) + 1)
      for (const fact of [...other.known, other.number]) if (!sent.includes(fact.slice(1)) && !isSpelled(sent, fact)) expect(text, sent).not.toContain(fact)
    }
    // Most are refused, and a good part asks the switch.
    expect(told.get(200)).toBeGreaterThan(QUESTIONS / 20)
  })
})

/** However it was written: who names a number is told it back. */
function isSpelled(sent: string, fact: string): boolean {
  return fact === other.number && sent.normalize('NFKC').replaceAll(/\D/g, '').includes(fact.slice(1))
}
