import type { SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { DIALOG_ALLOW, isKnownMethod } from './allowed-methods.ts'
import { SESSION_DESCRIPTION_TYPE } from './session-body.ts'
import type { UserAgent } from './user-agent.ts'

/** Answers what comes in an early dialog and has no business there. */
export function answerEarlyRequest(userAgent: UserAgent, request: SipRequest, source: RemoteAddress): void {
  switch (request.method) {
    case 'OPTIONS':
      return userAgent.reply(request, source, 200, { headers: [DIALOG_ALLOW, ['Accept', SESSION_DESCRIPTION_TYPE]] })
    case 'INFO':
      // Its 2xx is still under way, or was overtaken: 481 would end the call for the callee (RFC 5057 5.1) that we are about to hear of.
      return userAgent.reply(request, source, 500, { headers: [['Retry-After', '1']] })
    case 'BYE':
    case 'PRACK':
      return userAgent.reply(request, source, 481)
    case 'NOTIFY':
      // RFC 6665 4.1.3: 489 leaves the call alone.
      return userAgent.reply(request, source, 489)
    default:
      return userAgent.reply(request, source, isKnownMethod(request.method) ? 405 : 501, { headers: [DIALOG_ALLOW] })
  }
}
