import type { MediaSide, MixPart } from '../media-engine.ts'
import type { MixSeat } from './mix.ts'

/** What a party is called inside its mix. */
export function partyName(sessionId: string, side: MediaSide): string {
  return `${sessionId}/${side}`
}

export function seatOf(name: string, part: MixPart): MixSeat {
  switch (part.kind) {
    case 'talk':
      return { name, hears: true, heardBy: 'all' }
    case 'listen':
      return { name, hears: true, heardBy: 'nobody' }
    case 'whisper':
      return { name, hears: true, heardBy: { name: partyName(part.to.sessionId, part.to.side) } }
    case 'absent':
      return { name, hears: false, heardBy: 'nobody' }
  }
}
