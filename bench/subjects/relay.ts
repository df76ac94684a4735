// The media engine of the server with so many calls up. Parameters: calls, first port of the ends, first and last RTP port.
import { type MediaEngine } from '@dialtone/media'
import { startMediaEngine } from './media-engine.ts'
import { audioPortIn, phoneDescription } from './phone-description.ts'
import { tellReady } from './serve-subject.ts'

export interface RelayedCall {
  readonly portOfA: number
  readonly portOfB: number
}

const PORTS_PER_CALL = 4

const [calls = 0, firstEndPort = 0, first = 0, last = 0] = process.argv.slice(2).map(Number)
const engine = await startMediaEngine({ first, last })
const relayed: RelayedCall[] = []
for (let index = 0; index < calls; index++) relayed.push(await connect(engine, firstEndPort + PORTS_PER_CALL * index))
tellReady({ calls: relayed })

async function connect(media: MediaEngine, endPort: number): Promise<RelayedCall> {
  const opened = await media.openSession({ sessionId: `call-${endPort}` })
  if (!opened.ok) throw new Error(opened.error.message)
  const offer = opened.value.relayOffer('a', phoneDescription(endPort))
  const answer = offer.ok ? opened.value.relayAnswer('b', phoneDescription(endPort + 2)) : offer
  if (!offer.ok || !answer.ok) throw new Error(`not connected: ${JSON.stringify(answer)}`)
  return { portOfA: audioPortIn(answer.value), portOfB: audioPortIn(offer.value) }
}
