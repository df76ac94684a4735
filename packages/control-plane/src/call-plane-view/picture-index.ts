import type { RoutingSnapshot } from '@dialtone/call-routing'
import type { LineCredentials, NumberOwner, TrunkPeer } from '@dialtone/softswitch'
import type { AccountPicture } from './account-picture.ts'

/** The pictures of all accounts, and what calls are known by: logins, numbers, addresses of PBXs. Each account is replaced as a whole. */
export class PictureIndex {
  readonly #pictures = new Map<string, AccountPicture>()
  readonly #credentials = new Map<string, LineCredentials>()
  readonly #owners = new Map<string, NumberOwner>()
  readonly #trunks = new Map<string, TrunkPeer>()

  get pictures(): ReadonlyMap<string, AccountPicture> {
    return this.#pictures
  }

  show(accountId: string, picture: AccountPicture): void {
    this.forget(accountId)
    const { partitionId, numbers } = picture.snapshot
    this.#pictures.set(accountId, picture)
    for (const [username, line] of picture.credentials) this.#credentials.set(username, line)
    for (const [address, trunk] of picture.trunksByAddress) this.#trunks.set(address, trunk)
    for (const number of numbers.keys()) this.#owners.set(number, { partitionId, accountId })
  }

  forget(accountId: string): void {
    const old = this.#pictures.get(accountId)
    if (old === undefined) return
    for (const username of old.credentials.keys()) this.#credentials.delete(username)
    for (const address of old.trunksByAddress.keys()) if (this.#trunks.get(address)?.accountId === accountId) this.#trunks.delete(address)
    for (const number of old.snapshot.numbers.keys()) if (this.#owners.get(number)?.accountId === accountId) this.#owners.delete(number)
    this.#pictures.delete(accountId)
  }

  credentialsOf(sipUsername: string): LineCredentials | undefined {
    return this.#credentials.get(sipUsername)
  }

  snapshotOf(accountId: string): RoutingSnapshot | undefined {
    return this.#pictures.get(accountId)?.snapshot
  }

  ownerOf(number: string): NumberOwner | undefined {
    return this.#owners.get(number)
  }

  trunkByAddress(address: string, port: number): TrunkPeer | undefined {
    return this.#trunks.get(`${address} ${port}`)
  }
}
