import type { LegEncryption } from '../../sdp/encryption-negotiation.ts'
import { SrtpReceiver } from '../../srtp/srtp-receiver.ts'
import { SrtpSender, type SealedStream } from '../../srtp/srtp-sender.ts'
import type { SrtpMaster } from '../../srtp/srtp-suite.ts'

/** SRTP of one leg, as long as it is agreed. Counters go on while a key stays the same, over hold and refresh (RFC 4568 7.1.4). */
export class LegProtection {
  #encryption: LegEncryption | undefined
  #sender: SrtpSender | undefined
  #receiver: SrtpReceiver | undefined
  #continued: SealedStream | undefined

  get isOn(): boolean {
    return this.#encryption !== undefined
  }

  agree(encryption: LegEncryption | undefined): void {
    const [before, now] = [this.#encryption, encryption]
    this.#encryption = now
    if (!isSame(before?.outbound, now?.outbound)) this.#sender = now === undefined ? undefined : this.#senderFor(now.outbound)
    if (!isSame(before?.inbound, now?.inbound)) this.#receiver = now === undefined ? undefined : new SrtpReceiver(now.inbound)
  }

  /** How far the stream is that goes out. */
  position(ssrc: number): SealedStream | undefined {
    const keyAndSalt = this.#encryption?.outbound.keyAndSalt
    return keyAndSalt === undefined ? undefined : this.#sender?.position(ssrc, keyAndSalt)
  }

  /** A stream of another session goes on here under its key. */
  continueFrom(stream: SealedStream | undefined): void {
    this.#continued = stream
    if (stream !== undefined && stream.keyAndSalt === this.#encryption?.outbound.keyAndSalt) this.#sender?.continueFrom(stream)
  }

  #senderFor(master: SrtpMaster): SrtpSender {
    const sender = new SrtpSender(master)
    if (this.#continued?.keyAndSalt === master.keyAndSalt) sender.continueFrom(this.#continued)
    return sender
  }

  /** The plain RTP packet, made in place; undefined when it is not authentic. Without SRTP the packet itself. */
  open(packet: Buffer): Buffer | undefined {
    if (this.#receiver === undefined) return packet
    const length = this.#receiver.unprotect(packet)
    return length === 0 ? undefined : packet.subarray(0, length)
  }

  openRtcp(packet: Buffer): Buffer | undefined {
    if (this.#receiver === undefined) return packet
    const length = this.#receiver.unprotectRtcp(packet)
    return length === 0 ? undefined : packet.subarray(0, length)
  }

  /** The packet as it goes out: one of its own, as the system may still be busy with the last; undefined when it must not. */
  seal(packet: Buffer): Buffer | undefined {
    const sender = this.#sender
    if (sender === undefined) return packet
    const target = Buffer.allocUnsafe(packet.length + sender.overheadBytes)
    const length = sender.protect(packet, target)
    return length === 0 ? undefined : target.subarray(0, length)
  }

  sealRtcp(packet: Buffer): Buffer | undefined {
    const sender = this.#sender
    if (sender === undefined) return packet
    const target = Buffer.allocUnsafe(packet.length + sender.overheadBytes)
    const length = sender.protectRtcp(packet, target)
    return length === 0 ? undefined : target.subarray(0, length)
  }
}

function isSame(before: SrtpMaster | undefined, now: SrtpMaster | undefined): boolean {
  return before?.suite === now?.suite && before?.keyAndSalt === now?.keyAndSalt && before?.mkiBytes === now?.mkiBytes
}
