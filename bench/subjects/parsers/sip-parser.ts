import type { RoutingFields } from '../invite.ts'

/** One SIP library at the work of the bench. */
export interface SipParser {
  /** From the bytes of the datagram to the fields routing needs. */
  readFields(datagram: Buffer): RoutingFields
  /** The same, and from there to the bytes of the second leg's INVITE. */
  sendOn(datagram: Buffer): Buffer
}
