import type { AccountPicture, CallPlaneChange, DomainCertificateOfSwitch } from '@dialtone/control-plane'
import { admissionOf, systemClock, UseCounter } from '@dialtone/foundation'
import type { CarrierPeer, LineCredentials, NumberOwner, SwitchDirectory, SwitchDomain, TrunkPeer } from '@dialtone/softswitch'

/** The call plane's view of the tenants in another thread: pictures of accounts, each replaced as a whole by what the main thread tells. */
export class DirectoryReplica implements SwitchDirectory {
  readonly #pictures = new Map<string, AccountPicture>()
  readonly #credentials = new Map<string, LineCredentials>()
  readonly #owners = new Map<string, NumberOwner>()
  readonly #trunksByAddress = new Map<string, TrunkPeer>()
  #carriers: readonly CarrierPeer[] = []
  #domains: ReadonlyMap<string, SwitchDomain> = new Map()
  #certificates: ReadonlyMap<string, DomainCertificateOfSwitch> = new Map()
  /** Which access rules addresses fell under, until the main thread is told. */
  readonly ruleUses = new UseCounter()

  show(change: CallPlaneChange): void {
    if (change.kind === 'carriers') this.#carriers = change.carriers
    else if (change.kind === 'domains') {
      this.#domains = new Map(change.domains.map((domain) => [domain.name, domain]))
      this.#certificates = new Map(change.certificates.map((certificate) => [certificate.name, certificate]))
    } else {
      this.#forget(change.accountId)
      if (change.picture !== undefined) this.#keep(change.accountId, change.picture)
    }
  }

  credentialsOf(sipUsername: string): LineCredentials | undefined {
    return this.#credentials.get(sipUsername)
  }

  snapshotOf(accountId: string): AccountPicture['snapshot'] | undefined {
    return this.#pictures.get(accountId)?.snapshot
  }

  ownerOf(number: string): NumberOwner | undefined {
    return this.#owners.get(number)
  }

  carrier(id: string): CarrierPeer | undefined {
    return this.#carriers.find((carrier) => carrier.id === id)
  }

  carriers(): readonly CarrierPeer[] {
    return this.#carriers
  }

  admits(accountId: string, address: string): boolean {
    const levels = this.#pictures.get(accountId)?.accessLevels ?? []
    if (levels.length === 0) return true
    const { isAdmitted, entryIds } = admissionOf(levels, address)
    this.ruleUses.note(entryIds, systemClock.nowMs())
    return isAdmitted
  }

  trunkByAddress(address: string, port: number): TrunkPeer | undefined {
    return this.#trunksByAddress.get(`${address} ${port}`)
  }

  domain(name: string): SwitchDomain | undefined {
    return this.#domains.get(name)
  }

  /** What the TLS listener shows to who asks for that name. */
  certificateOf(name: string): DomainCertificateOfSwitch | undefined {
    return this.#certificates.get(name)
  }

  #keep(accountId: string, picture: AccountPicture): void {
    const { partitionId, numbers } = picture.snapshot
    this.#pictures.set(accountId, picture)
    for (const [username, line] of picture.credentials) this.#credentials.set(username, line)
    for (const [address, trunk] of picture.trunksByAddress) this.#trunksByAddress.set(address, trunk)
    for (const number of numbers.keys()) this.#owners.set(number, { partitionId, accountId })
  }

  #forget(accountId: string): void {
    const old = this.#pictures.get(accountId)
    if (old === undefined) return
    for (const username of old.credentials.keys()) this.#credentials.delete(username)
    for (const number of old.snapshot.numbers.keys()) if (this.#owners.get(number)?.accountId === accountId) this.#owners.delete(number)
    for (const address of old.trunksByAddress.keys()) if (this.#trunksByAddress.get(address)?.accountId === accountId) this.#trunksByAddress.delete(address)
    this.#pictures.delete(accountId)
  }
}
