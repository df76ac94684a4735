import { decodeG711, encodeG711 } from '../src/codecs/g711.ts'
import type { FaxLine } from '../src/fax/fax-line.ts'
import { SoundLine } from '../src/fax/sound-line.ts'
import { UdptlLine } from '../src/fax/udptl-line.ts'
import { RTP_HEADER_BYTES, writeRtpHeader } from '../src/rtp/rtp-packet.ts'
import { SampleOrder } from '../src/rtp/sample-order.ts'

const FRAME_SAMPLES = 160

/** What is between our fax machine and the program of SpanDSP. */
export interface MachineLink {
  readonly line: FaxLine
  /** How the program is told to speak. */
  readonly mode: 'pipe' | 'pipe-rtp'
  /** A packet of the program. */
  take(packet: Buffer, nowMs: number): void
  /** What our machine has said in the last 20 ms. */
  said(nowMs: number): readonly Uint8Array[]
}

export function linkOverT38(maxBitRate = 14_400): MachineLink {
  let said: Uint8Array[] = []
  const line = new UdptlLine({ maxDatagramBytes: 400, maxBitRate, send: (datagram) => said.push(datagram) })
  return {
    ...{ line, mode: 'pipe' },
    take: (packet, nowMs) => void line.receive(packet, nowMs),
    said: () => {
      const datagrams = said
      said = []
      return datagrams
    },
  }
}

/**
 * G.711 (mu-law) both ways.
 * @param heard what the wires make of what the program says
 * @param echo how much of what we say comes back to us, and so many frames of 20 ms later
 */
export function linkBySound(heard: (samples: Int16Array) => Int16Array = (samples) => samples, echo = { gain: 0, frames: 1 }): MachineLink {
  const line = new SoundLine()
  const order = new SampleOrder(line)
  const samples = new Int16Array(FRAME_SAMPLES)
  const ours: Int16Array[] = Array.from({ length: echo.frames }, () => new Int16Array(FRAME_SAMPLES))
  const withEcho = (theirs: Int16Array): Int16Array => theirs.map((sample, index) => sample + Math.round((ours[0]?.[index] ?? 0) * echo.gain))
  let sequence = 0
  return {
    ...{ line, mode: 'pipe-rtp' },
    take: (packet, nowMs) => order.receive(1, packet.readUInt32BE(4), withEcho(heard(decodeG711('PCMU', packet.subarray(RTP_HEADER_BYTES)))), nowMs),
    said: (nowMs) => {
      order.tick(nowMs)
      line.fill(samples)
      ours.push(samples.slice())
      ours.shift()
      const packet = Buffer.alloc(RTP_HEADER_BYTES + FRAME_SAMPLES)
      writeRtpHeader(packet, { marker: false, payloadType: 0, sequenceNumber: ++sequence & 0xffff, timestamp: sequence * FRAME_SAMPLES, ssrc: 2 })
      encodeG711('PCMU', samples, packet, RTP_HEADER_BYTES)
      return [packet]
    },
  }
}
