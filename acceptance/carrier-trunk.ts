import { type Account, unique } from './tenant.ts'

/** A carrier on this host, as `PUT /siptrunk/new` takes it: asked once a second whether it is there. */
export function carrierTrunk(account: Account, port: number, more: Readonly<Record<string, unknown>>) {
  const { sipHost: host } = account.tenant.platform
  return { name: unique('Carrier '), organization_id: `org_${account.id}`, type: 'carrier', host, port, ping_interval: 1, ...more }
}
