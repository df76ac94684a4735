import type { Clock, Logger } from '@dialtone/foundation'
import type { RemoteAddress } from '@dialtone/sip'
import type { CarrierPeer } from '../ports/switch-directory.ts'

/** Nobody fills the log by calling on. */
const ONCE_IN_MS = 60_000

/**
 * Says in the log that at a carrier's address somebody calls who does not prove to be it, once a minute: else nobody would know why the calls of a
 * carrier with a new certificate are asked for a password.
 */
export function tellPretended(clock: Clock, logger: Logger): (carrier: CarrierPeer, source: RemoteAddress) => void {
  let saidAtMs: number | undefined
  return ({ id, name, peerCertificate = 'optional' }, { transport, address, certificateNames }) => {
    const nowMs = clock.nowMs()
    if (saidAtMs !== undefined && nowMs - saidAtMs < ONCE_IN_MS) return
    saidAtMs = nowMs
    const shown = certificateNames === undefined ? 'none' : certificateNames.length === 0 ? 'one that nobody believed vouches for' : certificateNames.join(', ')
    logger.warn("who calls from a carrier's address does not prove to be it, and is asked for a password", {
      ...{ carrierId: id, carrier: name, address, transport, peerCertificate, certificate: shown },
    })
  }
}
