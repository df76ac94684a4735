import type { CallContext } from './call-context.ts'
import {
  acceptPartyAnswer,
  acceptRefer,
  answerPickup,
  askRecall,
  beginTransfer,
  handOver,
  holdTakeover,
  offerCaller,
  offerRingback,
  offerToParty,
  playRingback,
  rejectRefer,
  rejectTakeover,
  seatParty,
  tellCall,
} from './perform-transfer.ts'
import type { TransferEffect } from './state/call-effect.ts'

/** The part of `performEffect` that is about transfers. */
export function performTransferEffect(call: CallContext, effect: TransferEffect): void {
  switch (effect.type) {
    case 'acceptRefer':
      return acceptRefer(call)
    case 'rejectRefer':
      return rejectRefer(call, effect.statusCode)
    case 'notifyTransferor':
      return call.referSubscription?.notify(effect.statusCode, effect.reasonPhrase)
    case 'beginTransfer':
      return beginTransfer(call, effect)
    case 'tellCall':
      return tellCall(call, effect)
    case 'handOver':
      return handOver(call, effect)
    case 'seatParty':
      return seatParty(call, effect)
    case 'askRecall':
      return askRecall(call, effect)
    case 'offerToParty':
      return offerToParty(call, effect)
    case 'acceptPartyAnswer':
      return acceptPartyAnswer(call, effect)
    case 'offerRingback':
      return offerRingback(call, effect.to)
    case 'playRingback':
      return playRingback(call, effect)
    case 'holdTakeover':
      return holdTakeover(call, effect.side)
    case 'rejectTakeover':
      return rejectTakeover(call, effect.statusCode)
    case 'offerCaller':
      return offerCaller(call, effect)
    case 'answerPickup':
      return answerPickup(call, effect)
  }
}
