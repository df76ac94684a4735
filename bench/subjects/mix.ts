// A mix in a process of its own: the parts of the media worker, driven as fast as they go.
import { strictEqual } from 'node:assert/strict'
import { buildRtpPacket, decodeG711Sample, encodeG711, encodeG711Sample, Mix, ToneGenerator } from '@dialtone/media'
import { answerQuestions, tellReady } from './serve-subject.ts'

export interface MixQuestion {
  readonly parties: number
  readonly workMs: number
}

export interface MixAnswer {
  readonly ticks: number
  readonly cpuMicroseconds: number
}

const FRAME = 160
const HEADER = 12
const BATCH = 50

answerQuestions((question) => work(question as MixQuestion))
tellReady({})

/** What a party says: a tone of its own. */
function packetOf(party: number): Buffer {
  const samples = new Int16Array(FRAME)
  new ToneGenerator({ frequenciesHz: [300 + party * 130] }).fill(samples)
  const payload = Buffer.alloc(FRAME)
  encodeG711('PCMU', samples, payload)
  return buildRtpPacket({ marker: false, payloadType: 0, sequenceNumber: 0, timestamp: 0, ssrc: party + 1, payload })
}

function mixing(packets: readonly Buffer[]): (timestamp: number) => number {
  const mix = new Mix(FRAME)
  const parties = packets.map((packet) => ({ packet, party: mix.enter() }))
  const samples = new Int16Array(FRAME)
  return (timestamp) => {
    for (const { party, packet } of parties) party.receive(packet.readUInt32BE(8), timestamp, 'PCMU', packet, HEADER)
    mix.tick()
    let bytes = 0
    for (const { party, packet } of parties) {
      const out = Buffer.allocUnsafe(HEADER + FRAME)
      packet.copy(out, 0, 0, HEADER)
      party.fill(samples)
      encodeG711('PCMU', samples, out, HEADER)
      bytes += out.length
    }
    return bytes
  }
}

function floor(packets: readonly Buffer[]): (timestamp: number) => number {
  return () => {
    let bytes = 0
    for (const packet of packets) {
      const out = Buffer.allocUnsafe(packet.length)
      for (let index = HEADER; index < out.length; index++) out[index] = encodeG711Sample('PCMU', decodeG711Sample('PCMU', packet[index] ?? 0))
      bytes += out.length
    }
    return bytes
  }
}

function work({ parties, workMs }: MixQuestion): MixAnswer {
  const packets = Array.from({ length: parties }, (_unused, party) => packetOf(party))
  const tick = (process.argv[2] === 'dialtone' ? mixing : floor)(packets)
  let [ticks, cpuMicroseconds] = [0, 0]
  const untilMs = performance.now() + workMs
  do {
    const before = process.cpuUsage()
    for (let turn = 0; turn < BATCH; turn++) strictEqual(tick((ticks + turn) * FRAME), parties * (HEADER + FRAME))
    const { user, system } = process.cpuUsage(before)
    cpuMicroseconds += user + system
    ticks += BATCH
  } while (performance.now() < untilMs)
  return { ticks, cpuMicroseconds }
}
