import type { AccountServices, CallerIdentity, ServiceOrder } from '@dialtone/call-routing'
import { announce } from './programs/announce.ts'
import { depositVoicemail } from './programs/deposit-voicemail.ts'
import { switchAgent } from './programs/switch-agent.ts'
import { switchForward } from './programs/switch-forward.ts'
import { meetInRoom } from './programs/meet-in-room.ts'
import { park, parkOther } from './programs/park.ts'
import { switchSetting, traceCall } from './programs/switch-setting.ts'
import { receiveFax } from './programs/receive-fax.ts'
import { retrieveVoicemail } from './programs/retrieve-voicemail.ts'
import { speakToPhones } from './programs/speak-to-phones.ts'
import { superviseCall } from './programs/supervise-call.ts'
import { waitInQueue } from './programs/wait-in-queue.ts'
import { walkMenu } from './programs/walk-menu.ts'
import type { ServiceProgram } from './service-program.ts'

export interface ServedCall {
  readonly order: ServiceOrder
  readonly calledNumber: string
}

/** What an order names and does not carry. */
export type Named = Pick<AccountServices, 'conferenceRooms'>

/**
 * The dialogue of an order. A new kind of order is a program and a line here.
 * @param who the program has now
 */
export function programOf({ order, calledNumber }: ServedCall, who: () => CallerIdentity, named: Named | undefined): ServiceProgram {
  switch (order.kind) {
    case 'voicemail-deposit':
      return depositVoicemail(order, who, calledNumber)
    case 'voicemail-retrieval':
      return retrieveVoicemail(order)
    case 'switch-forward':
      return switchForward(order)
    case 'switch-agent':
      return switchAgent(order)
    case 'queue':
      return waitInQueue(order, who, calledNumber)
    case 'conference':
      return meetInRoom(named?.conferenceRooms.get(order.conferenceRoomId))
    case 'fax':
      return receiveFax(order, who(), calledNumber)
    case 'page':
      return speakToPhones(order)
    case 'supervise':
      return superviseCall(order)
    case 'menu':
      return walkMenu(order)
    case 'park':
      return park(order)
    case 'park-other':
      return parkOther(order)
    case 'switch-setting':
      return switchSetting(order)
    case 'trace-call':
      return traceCall(order)
    case 'announcement':
      return announce(order.promptId, order.next)
  }
}
