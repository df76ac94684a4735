// SRTP of one kind in a process of its own: it shows that it makes the right packets, then works as long as it is told.
import { strictEqual } from 'node:assert/strict'
import { createCipheriv, createHmac, timingSafeEqual } from 'node:crypto'
import { buildRtpPacket, SrtpReceiver, SrtpSender } from '@dialtone/media'
import { answerQuestions, tellReady } from './serve-subject.ts'

export interface SrtpQuestion {
  readonly work: 'protect' | 'unprotect'
  readonly workMs: number
}

export interface SrtpAnswer {
  readonly packets: number
  readonly cpuMicroseconds: number
}

/** A stream in one direction; sequence numbers count up as in a call. */
interface Protection {
  /** @returns the protected packet; its bytes may be reused by the next call. */
  protect(packet: Buffer): Buffer
  /** @returns the length of the plain packet. */
  unprotect(packet: Buffer): number
}

const MASTER = {
  suite: 'AES_CM_128_HMAC_SHA1_80',
  keyAndSalt: Buffer.from('E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6', 'hex').toString('base64'),
}
/** The session keys of RFC 3711 B.3. */
const KEY = Buffer.from('C61E7A93744F39EE10734AFE3FF7A087', 'hex')
const SALT = Buffer.from('30CBBC08863D8C85D49DB34A9AE10000', 'hex')
const AUTHENTICATION_KEY = Buffer.from('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4', 'hex')
const TAG_BYTES = 10
const BATCH = 64

const packet = buildRtpPacket({ marker: false, payloadType: 0, sequenceNumber: 0, timestamp: 0, ssrc: 0xdeadbeef, payload: Buffer.alloc(160, 0x55) })
const make = process.argv[2] === 'dialtone' ? ours : nodeCrypto
strictEqual(Buffer.from(ours().protect(packet)).toString('hex'), nodeCrypto().protect(packet).toString('hex'))
answerQuestions((question) => work(question as SrtpQuestion))
tellReady({})

function ours(): Protection {
  const [sender, receiver, target] = [new SrtpSender(MASTER), new SrtpReceiver(MASTER), Buffer.alloc(256)]
  return {
    protect: (plain) => target.subarray(0, sender.protect(plain, target)),
    unprotect: (bytes) => receiver.unprotect(bytes),
  }
}

/** The least that can be written with node:crypto: no roll-over, no window of repetitions. */
function nodeCrypto(): Protection {
  const counterOf = (bytes: Buffer): Buffer => {
    const counter = Buffer.from(SALT)
    counter.writeInt32BE(counter.readInt32BE(4) ^ bytes.readInt32BE(8), 4)
    counter.writeUInt16BE(counter.readUInt16BE(12) ^ bytes.readUInt16BE(2), 12)
    return counter
  }
  const rollOverCounter = Buffer.alloc(4)
  const tagOf = (bytes: Buffer): Buffer => createHmac('sha1', AUTHENTICATION_KEY).update(bytes).update(rollOverCounter).digest().subarray(0, TAG_BYTES)
  return {
    protect: (plain) => {
      const body = createCipheriv('aes-128-ctr', KEY, counterOf(plain)).update(plain.subarray(12))
      const encrypted = Buffer.concat([plain.subarray(0, 12), body])
      return Buffer.concat([encrypted, tagOf(encrypted)])
    },
    unprotect: (bytes) => {
      const end = bytes.length - TAG_BYTES
      if (!timingSafeEqual(tagOf(bytes.subarray(0, end)), bytes.subarray(end))) return 0
      createCipheriv('aes-128-ctr', KEY, counterOf(bytes)).update(bytes.subarray(12, end)).copy(bytes, 12)
      return end
    },
  }
}

function work({ work: kind, workMs }: SrtpQuestion): SrtpAnswer {
  const protection = make()
  const [sender, copies] = [ours(), Array.from({ length: BATCH }, () => Buffer.alloc(packet.length + TAG_BYTES))]
  let [packets, sequence, cpuMicroseconds] = [0, 0, 0]
  const untilMs = performance.now() + workMs
  do {
    // What is opened has to be protected first: outside the time that is taken.
    for (const [index, copy] of copies.entries()) {
      packet.writeUInt16BE((sequence + index) & 0xffff, 2)
      if (kind === 'protect') packet.copy(copy)
      else sender.protect(packet).copy(copy)
    }
    // The counter of the peer stays 0: it never sees a second round of sequence numbers under one key.
    if (sequence + BATCH > 0xffff) return { packets, cpuMicroseconds }
    const before = process.cpuUsage()
    for (const copy of copies)
      if (kind === 'protect') protection.protect(copy.subarray(0, packet.length))
      else if (protection.unprotect(copy) === 0) throw new Error('not opened')
    const { user, system } = process.cpuUsage(before)
    cpuMicroseconds += user + system
    packets += BATCH
    sequence += BATCH
  } while (performance.now() < untilMs)
  return { packets, cpuMicroseconds }
}
