import type { RoutingCarrier } from '@dialtone/call-routing'
import type { CarrierPeer } from '@dialtone/softswitch'
import type { Sealer } from '../access/index.ts'
import { type AddressesOfName, type OwnCarrier, ownCarriers } from '../carrier-trunks/index.ts'
import type { Database } from '../database/index.ts'
import type { DomainEvent } from '../events/index.ts'
import { type CarrierPartition, carrierPartitionOf, heirsOfCarriers } from './carriers-in-force.ts'
import type { ConfiguredCarrier } from './call-plane-view.ts'

export type CarrierEvent = Pick<DomainEvent, 'accountId'> & Partial<Pick<DomainEvent, 'type' | 'partitionId'>>

/** What calls of its accounts depend on may be among it. */
const PARTITION_CHANGES: readonly string[] = ['partition.created', 'partition.updated', 'partition.setting.updated']

export interface CarrierBookNeeds {
  readonly database: Database
  readonly sealer: Sealer
  readonly whereIs: AddressesOfName
}

/** Carriers of the deployment and of tenants. Those of the deployment stand first: no tenant takes an address of theirs. */
export class CarrierBook {
  readonly #needs: CarrierBookNeeds
  #configured: readonly ConfiguredCarrier[] = []
  #own: readonly OwnCarrier[] = []
  #partitions: ReadonlyMap<string, CarrierPartition> = new Map()
  #havingCarriers: ReadonlySet<string> = new Set()
  #peers: ReadonlyMap<string, CarrierPeer> = new Map()
  readonly #hasCarriers = (partitionId: string): boolean => this.#havingCarriers.has(partitionId)

  constructor(needs: CarrierBookNeeds) {
    this.#needs = needs
  }

  get peers(): readonly CarrierPeer[] {
    return [...this.#peers.values()]
  }

  byId(id: string): CarrierPeer | undefined {
    return this.#peers.get(id)
  }

  /** A peer that leads to a PSAP is for calls for help alone. */
  get emergencyIds(): readonly string[] {
    return this.#configured.filter(({ peer }) => peer.emergency).map(({ peer }) => peer.id)
  }

  /** An account's own carriers, else those of its partition or of the nearest above that has any, else the platform's: never two of these together (S0-58, S0-62). */
  of(account: { readonly id: string; readonly partition_id: string }): readonly RoutingCarrier[] {
    const ofAccount = this.#own.filter(({ peer }) => peer.partitionId === account.partition_id && peer.accountId === account.id)
    const partitionId = carrierPartitionOf(account.partition_id, this.#partitions, this.#hasCarriers)
    const chosen =
      ofAccount.length > 0
        ? ofAccount
        : partitionId === undefined
          ? this.#configured.filter(({ peer }) => !peer.emergency)
          : this.#own.filter(({ peer }) => peer.partitionId === partitionId && peer.accountId === undefined)
    return chosen.map(({ routing }) => routing)
  }

  configure(configured: readonly ConfiguredCarrier[]): void {
    this.#configured = configured
    this.#index()
  }

  /** @returns whether one can be called now that could not before, or the other way round */
  async reload(): Promise<boolean> {
    const before = this.#callable()
    const { sealer, whereIs } = this.#needs
    const [own, partitions] = await Promise.all([ownCarriers(this.#needs.database.sql, sealer, whereIs), partitionsOf(this.#needs.database)])
    this.#own = own
    this.#partitions = partitions
    this.#index()
    return this.#callable() !== before
  }

  #callable(): string {
    return this.#own.map(({ routing }) => `${routing.id} ${routing.healthy}`).join()
  }

  /**
   * Reads a tenant's carriers again when they changed, or whether a partition has its own.
   * @returns the accounts of partitions whose carriers changed; undefined when nothing of the kind happened
   */
  async follow(events: readonly CarrierEvent[]): Promise<readonly string[] | undefined> {
    const changes = events.filter(({ type }) => type?.startsWith('carriertrunk.') === true || PARTITION_CHANGES.includes(type ?? ''))
    if (changes.length === 0) return undefined
    await this.reload()
    // How a gateway is said to be changes no account's picture.
    const partitionIds = changes.flatMap(({ type, accountId, partitionId }) =>
      accountId === undefined && partitionId !== undefined && type !== 'carriertrunk.reported' ? [partitionId] : [],
    )
    if (partitionIds.length === 0) return []
    const { sql } = this.#needs.database
    // Those below it too: what a partition leaves out it has from the one above.
    const rows = await sql
      .withRecursive('below', (query) =>
        query
          .selectFrom('partition')
          .select('partition.id')
          .where('partition.id', 'in', partitionIds)
          .union(query.selectFrom('partition').innerJoin('below', 'below.id', 'partition.parent_id').select('partition.id')),
      )
      .selectFrom('account')
      .innerJoin('below', 'below.id', 'account.partition_id')
      .select('account.id')
      .where('account.status', '<>', 'DELETED')
      .execute()
    return rows.map((row) => row.id)
  }

  #index(): void {
    this.#havingCarriers = new Set(this.#own.flatMap(({ peer }) => (peer.accountId === undefined ? [peer.partitionId] : [])))
    const heirs = heirsOfCarriers(this.#partitions, this.#hasCarriers)
    const own = this.#own.map(({ peer }) => (peer.accountId === undefined ? { ...peer, inheritedBy: heirs.get(peer.partitionId) ?? [] } : peer))
    this.#peers = new Map([...this.#configured.map(({ peer }) => peer), ...own].map((peer) => [peer.id, peer]))
  }
}

async function partitionsOf({ sql }: Database): Promise<ReadonlyMap<string, CarrierPartition>> {
  const rows = await sql.selectFrom('partition').select(['id', 'parent_id', 'settings']).execute()
  return new Map(rows.map((row) => [row.id, { id: row.id, parentId: row.parent_id, usesOwnCarrier: row.settings['useOwnCarrier'] === true }]))
}
