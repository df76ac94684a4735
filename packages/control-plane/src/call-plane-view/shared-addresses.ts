import type { Logger } from '@dialtone/foundation'
import type { CarrierPeer, SwitchDirectory } from '@dialtone/softswitch'

/**
 * Says in the log where the name of a carrier has come to lead to the address of a PBX, once until it leads elsewhere: which calls are whose is guessed there
 * from what is dialed, and only whoever runs the platform sees both of them.
 */
export function tellSharedAddresses(logger: Logger, directory: Pick<SwitchDirectory, 'trunkByAddress'>): (carriers: readonly CarrierPeer[]) => void {
  let told: ReadonlySet<string> = new Set()
  return (carriers) => {
    const found = new Set<string>()
    for (const { id: carrierId, name: carrier, targets = [] } of carriers) {
      for (const { address, port } of targets) {
        const pbx = directory.trunkByAddress(address, port)
        if (pbx === undefined) continue
        const key = `${carrierId} ${address} ${port}`
        found.add(key)
        if (!told.has(key)) {
          const { lineId: sipTrunkId, accountId } = pbx
          logger.warn('a carrier is at the address of a PBX: its calls are told by the numbers they are for', {
            carrierId,
            carrier,
            address,
            port,
            sipTrunkId,
            accountId,
          })
        }
      }
    }
    told = found
  }
}
