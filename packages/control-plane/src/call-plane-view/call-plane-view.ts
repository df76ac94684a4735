import { admissionOf, type Logger, systemClock, systemTimers, type Timers } from '@dialtone/foundation'
import type { RoutingCarrier, RoutingSnapshot } from '@dialtone/call-routing'
import type { CarrierPeer, SwitchDirectory } from '@dialtone/softswitch'
import { type Sealer, visiblePartitions } from '../access/index.ts'
import type { RegistrationStatus } from '../context.ts'
import type { Database } from '../database/index.ts'
import { readInTurns } from '../events/index.ts'
import { accountRow, defaultsOf, tollFreeRefusedBy } from './account-rows.ts'
import { levelsOf, sipRulesOfAccounts } from '../access-rules/index.ts'
import { LINE_KINDS } from './lines/line-kinds.ts'
import { readServices } from './services/service-readers.ts'
import { type AccountPicture, type AccountRows, pictureOf } from './account-picture.ts'
import { CarrierBook, type CarrierEvent } from './carrier-book.ts'
import { DomainBook } from './domain-book.ts'
import { type DomainCertificateOfSwitch, isBelow, servingDomainsOfAccounts, type SwitchDomains } from '../sip-domains/index.ts'
import { HostBook, type ResolveHost } from './host-book.ts'
import { ofAccounts } from './of-accounts.ts'
import { PictureIndex } from './picture-index.ts'
import { tellSharedAddresses } from './shared-addresses.ts'
import { shutOutPhones } from './shut-out-phones.ts'
import { usersOfAccount } from './users-of-account.ts'

/** A carrier trunk of this deployment: where it is, and in which order it is chosen. */
export interface ConfiguredCarrier {
  readonly peer: CarrierPeer
  readonly routing: RoutingCarrier
}

/** What changed of the picture: one account as a whole, all carriers, or all domains. Plain data, fit for another thread. */
export type CallPlaneChange =
  /** Without a picture the account is gone. */
  | { readonly kind: 'account'; readonly accountId: string; readonly picture: AccountPicture | undefined }
  | { readonly kind: 'carriers'; readonly carriers: readonly CarrierPeer[] }
  | ({ readonly kind: 'domains' } & SwitchDomains)

/** Copies of the view, in other threads. */
export interface CallPlaneReplicas {
  /** Resolves when every copy shows it, or after a bounded wait. Never rejects. */
  show(change: CallPlaneChange): Promise<void>
}

export interface CallPlaneView extends SwitchDirectory {
  /** What TLS listeners show to who asks for that name, in lower case; undefined: their own. */
  certificateOf(name: string): DomainCertificateOfSwitch | undefined
  /** Everything, as changes: what a new copy begins with. */
  contents(): Iterable<CallPlaneChange>
  /** Resolves when the view shows what the events say. Repeating it does no harm. */
  refresh(events: readonly CarrierEvent[]): Promise<void>
  setCarriers(carriers: readonly ConfiguredCarrier[]): Promise<void>
  /** Names are not looked up any more. */
  stop(): void
}

export interface CallPlaneViewOptions {
  readonly database: Database
  readonly sealer: Sealer
  readonly settings: { readonly sipDomain: string }
  readonly logger: Logger
  readonly replicas?: CallPlaneReplicas
  /** Whose registrations end when an account does not accept them any more; left out: nobody's. */
  readonly registrations?: Pick<RegistrationStatus, 'bindingsOf' | 'dropBindings'>
  /** Where names of carriers are; left out: nowhere. */
  readonly resolveHost?: ResolveHost
  readonly timers?: Timers
  /** Told which access rules an address fell under. */
  readonly noteRules?: (ruleIds: readonly string[], atMs: number) => void
  /** Told of each snapshot of an account that a newer one takes the place of. */
  readonly noteReplaced?: (before: RoutingSnapshot, after: RoutingSnapshot | undefined) => void
}

/** Read together when all of them are; what is read for one waits no longer than for these. */
const ACCOUNTS_AT_ONCE = 200

/** The tenants' world as the call plane sees it: immutable pictures in memory, replaced account by account after each commit. */
export async function createCallPlaneView(o: CallPlaneViewOptions): Promise<CallPlaneView> {
  const index = new PictureIndex()
  const inTurn = readInTurns((accountId, error) => o.logger.error('the call plane could not read an account', { accountId, error: String(error) }))
  const hosts = hostBook(o, () => reloadCarriers())
  const carriers = new CarrierBook({ ...o, whereIs: hosts.placesOf })
  const domains = new DomainBook(o)
  const tellShared = tellSharedAddresses(o.logger, index)

  async function reload(accountId: string): Promise<void> {
    const rows = await readAccount(o.database, accountId)
    const before = index.snapshotOf(accountId)
    if (rows === undefined) index.forget(accountId)
    else index.show(accountId, pictureWith(rows, carriers, o))
    const picture = index.pictures.get(accountId)
    await o.replicas?.show({ kind: 'account', accountId, picture })
    // After all threads show it: whoever registers from now on is judged by it.
    if (picture !== undefined && o.registrations !== undefined) await shutOutPhones(o.registrations, picture)
    if (before !== undefined) o.noteReplaced?.(before, index.snapshotOf(accountId))
  }

  const refreshAccount = (accountId: string): Promise<void> => inTurn(accountId, () => reload(accountId))

  async function refreshEveryone(): Promise<void> {
    const accounts = await o.database.sql.selectFrom('account').select('id').where('status', '<>', 'DELETED').execute()
    for (let from = 0; from < accounts.length; from += ACCOUNTS_AT_ONCE)
      await Promise.all(accounts.slice(from, from + ACCOUNTS_AT_ONCE).map(({ id }) => refreshAccount(id)))
  }

  async function showCarriers(): Promise<void> {
    await o.replicas?.show({ kind: 'carriers', carriers: carriers.peers })
  }

  /** A name leads elsewhere: the carriers of whoever may be reached now, or not any more. */
  async function reloadCarriers(): Promise<void> {
    const isNews = await carriers.reload()
    await showCarriers()
    if (isNews) await refreshEveryone()
    tellShared(carriers.peers)
  }

  await Promise.all([carriers.reload(), domains.reload()])
  await refreshEveryone()
  tellShared(carriers.peers)
  return {
    credentialsOf: (sipUsername) => index.credentialsOf(sipUsername),
    snapshotOf: (accountId) => index.snapshotOf(accountId),
    ownerOf: (number) => index.ownerOf(number),
    trunkByAddress: (address, port) => index.trunkByAddress(address, port),
    carrier: (id) => carriers.byId(id),
    carriers: () => carriers.peers,
    domain: domains.byName,
    certificateOf: domains.certificateOf,
    admits: (accountId, address) => admits(index.pictures.get(accountId), address, o),
    contents: () => contentsOf(index.pictures, carriers.peers, domains.all),
    refresh: async (events) => {
      const accountIds = new Set(events.flatMap((event) => event.accountId ?? []))
      const [others] = await Promise.all([carriers.follow(events), domains.follow(events)])
      if (others !== undefined) await showCarriers()
      for (const id of [...(others ?? []), ...(await accountsUnderRules(o.database, events))]) accountIds.add(id)
      await Promise.all([...accountIds].map(refreshAccount))
      if (others !== undefined) tellShared(carriers.peers)
    },
    stop: () => hosts.stop(),
    setCarriers: async (configured) => {
      carriers.configure(configured)
      await showCarriers()
      await refreshEveryone()
    },
  }
}

function pictureWith(rows: AccountRows, carriers: CarrierBook, { settings, sealer }: CallPlaneViewOptions): AccountPicture {
  const { emergencyIds: emergencyCarrierIds } = carriers
  return pictureOf(rows, { carriers: carriers.of(rows.account), emergencyCarrierIds, realm: settings.sipDomain, sealer })
}

function admits(picture: AccountPicture | undefined, address: string, { noteRules }: CallPlaneViewOptions): boolean {
  const levels = picture?.accessLevels ?? []
  if (levels.length === 0) return true
  const { isAdmitted, entryIds } = admissionOf(levels, address)
  noteRules?.(entryIds, systemClock.nowMs())
  return isAdmitted
}

function hostBook(o: CallPlaneViewOptions, changed: () => Promise<void>): HostBook {
  const { logger, timers = systemTimers, resolveHost = () => Promise.resolve([]) } = o
  const onChange = (): void => void changed().catch((error: unknown) => logger.error('carriers could not be read', { error: String(error) }))
  return new HostBook({ resolveHost, timers, logger, onChange })
}

function* contentsOf(pictures: ReadonlyMap<string, AccountPicture>, carriers: readonly CarrierPeer[], domains: SwitchDomains): Iterable<CallPlaneChange> {
  yield { kind: 'carriers', carriers }
  yield { kind: 'domains', ...domains }
  for (const [accountId, picture] of pictures) yield { kind: 'account', accountId, picture }
}

/** Rules and domains of a partition hold for everything below it. */
async function accountsUnderRules({ sql }: Database, events: readonly CarrierEvent[]): Promise<readonly string[]> {
  const changed = events.flatMap(({ type, accountId, partitionId }) =>
    /^(accessrule|sipdomain)\./.test(type ?? '') && accountId === undefined && partitionId !== undefined ? [partitionId] : [],
  )
  const below = await Promise.all([...new Set(changed)].map((partitionId) => visiblePartitions(sql, partitionId)))
  if (below.flat().length === 0) return []
  const rows = await sql.selectFrom('account').select('id').where('partition_id', 'in', below.flat()).where('status', '<>', 'DELETED').execute()
  return rows.map((row) => row.id)
}

async function readAccount({ sql }: Database, accountId: string): Promise<AccountRows | undefined> {
  const account = await accountRow(sql, accountId)
  if (account === undefined) return undefined
  const [sipRules, domains, settings, users, lines, logins, numbers, services] = await Promise.all([
    sipRulesOf(sql, accountId),
    domainsOf(sql, accountId),
    defaultsOf(sql, account.partition_id),
    usersOfAccount(sql, accountId),
    Promise.all(LINE_KINDS.map((kind) => kind.read(sql, accountId))),
    loginsOf(sql, accountId),
    numbersOf(sql, accountId),
    readServices(sql, accountId),
  ])
  const tollFreeRefused = await tollFreeRefusedBy(sql, account.inbound_rate_plan_product_id)
  return {
    account,
    takesStagedCalls: settings.enableStagedCall,
    tollFreeRefused,
    users,
    lines: lines.flat(),
    logins,
    numbers,
    services,
    accessLevels: levelsOf(sipRules),
    domains: [
      ...domains.map((domain) => domain.name),
      ...settings.subDomains.filter((name) => domains.some((domain) => domain.is_of_partition && isBelow(name, domain.name))),
    ],
  }
}

const sipRulesOf = ofAccounts(sipRulesOfAccounts, (row) => row.of_account)

const domainsOf = ofAccounts(servingDomainsOfAccounts, (row) => row.of_account)

const loginsOf = ofAccounts(
  (sql, accountIds) => sql.selectFrom('sip_credential').selectAll().where('account_id', 'in', accountIds).execute(),
  (row) => row.account_id ?? '',
)

/** A number that is still being ported rings at its old carrier: calls to it go out like any other. */
const numbersOf = ofAccounts(
  (sql, accountIds) =>
    sql
      .selectFrom('telephone_number')
      .selectAll()
      .where('account_id', 'in', accountIds)
      .where((row) =>
        row.not(
          row.exists(
            row
              .selectFrom('port_number')
              .select('port_id')
              .whereRef('port_number.phone_number', '=', 'telephone_number.phone_number')
              .where('is_open', '=', true),
          ),
        ),
      )
      // The first one calls back from 911 and is shown for who has none: what is not in service yet comes last.
      .orderBy('activated_at', (order) => order.asc().nullsLast())
      .orderBy('phone_number')
      .execute(),
  (row) => row.account_id ?? '',
)
