import type { PhoneConfiguration } from '../phone-configuration.ts'

/** What an account is made of, and the P-values of it; members an account of a device does not have are left out. */
export type AccountMember = 'active' | 'name' | 'server' | 'user' | 'authentication' | 'password' | 'display' | 'voicemail' | 'transport' | 'srtp' | 'expires'
export type AccountNames = Readonly<Partial<Record<AccountMember, string>>>

const FIRST: AccountNames = {
  active: 'P271', name: 'P270', server: 'P47', user: 'P35', authentication: 'P36', password: 'P34', display: 'P3', voicemail: 'P33', transport: 'P130', srtp: 'P183', expires: 'P32',
} // prettier-ignore

/** The second port of adapters with two. */
const SECOND_PORT: AccountNames = { active: 'P401', server: 'P747', user: 'P735', authentication: 'P736', password: 'P734', display: 'P703' }

/** Adapters with more ports than two number them, and share the server of the first profile. */
const MANY_PORTS = 3

/** P271 and its like for the first account; phones go on with P401, P501 …, adapters have names of their own. */
export function accountNames(phone: Pick<PhoneConfiguration, 'isAdapter' | 'numKeys'>, account: number): AccountNames {
  if (phone.isAdapter && phone.numKeys >= MANY_PORTS) {
    const port = account - 1
    const shared = account === 1 ? { active: 'P271', voicemail: 'P33', transport: 'P130', srtp: 'P183', expires: 'P32' } : {}
    return { ...shared, server: 'P47', user: `P${4060 + port}`, authentication: `P${4090 + port}`, password: `P${4120 + port}`, display: `P${4180 + port}` }
  }
  if (account === 1) return FIRST
  if (phone.isAdapter) return SECOND_PORT
  const block = (account + 2) * 100
  return {
    active: `P${block + 1}`, server: `P${block + 2}`, user: `P${block + 4}`, authentication: `P${block + 5}`, password: `P${block + 6}`, display: `P${block + 7}`,
    expires: `P${block + 12}`, name: `P${block + 17}`, voicemail: `P${block + 26}`, transport: `P${block + 30}`, srtp: `P${block + 43}`,
  } // prettier-ignore
}
